import { ALLOY_VERSION } from "../../alloy/index.ts";
import { FleetError, hasErrors } from "../../diagnostics/index.ts";
import { gate } from "../../gate/index.ts";
import type { Fleet, Host } from "../../manifest/index.ts";
import { prepareGeneration, readPipeline, type PipelineSource } from "../../migrate/index.ts";
import { compare, compareBehaviour } from "../../parity/index.ts";
import { isMalformed, parseJournalJson } from "../../pipeline/index.ts";
import { convert } from "../../promtail/index.ts";
import type { ReportData, ReportParity, ReportVerdict, Section } from "../../report/index.ts";
import { readRollout, statusOf } from "../../rollout/index.ts";
import { corpus, type RawEntry } from "../../ship/index.ts";
import { gateOptions } from "../gate/options.ts";
import type { Io } from "../io.ts";
import { viewPipeline } from "./traces.ts";

export interface Repository {
  root: string;
  fleet: Fleet;
}

/** What can be found out about a repository here and now. */
type Collected = Pick<ReportData, "hosts" | "next" | "graph" | "parity" | "traces" | "gate">;

/** The time of the built-in entries; it says nothing, as no age counts. */
const ANY_TIME = 1_700_000_000_000_000n;

/** Reads the rollout's journal, evaluates hosts, and compares the pipelines; what cannot be had says why. */
export async function collect(
  { root, fleet }: Repository,
  entries: readonly RawEntry[] | undefined,
  io: Io,
): Promise<Collected> {
  const { hosts, next } = hostRows({ root, fleet });
  const shipping = fleet.hosts.filter(({ ship }) => ship === "alloy");
  const host = shipping.find(({ name }) => name === fleet.canary) ?? shipping[0];
  const pipeline = await attempt(() => pipelines({ root, fleet }, shipping, host, entries, io));
  const of = <T>(pick: (data: Pipelines) => T): Section<T> =>
    "data" in pipeline ? { data: pick(pipeline.data) } : pipeline;
  return {
    hosts,
    next,
    graph: of(({ svg }) => svg),
    parity: of(({ parity }) => parity),
    traces: of(({ traces }) => traces),
    gate: await attempt(() => verdicts({ root, fleet }, io)),
  };
}

/** The section, or what stood in its way. */
async function attempt<T>(work: () => Promise<T>): Promise<Section<T>> {
  try {
    return { data: await work() };
  } catch (caught) {
    if (!(caught instanceof FleetError)) throw caught;
    return { missing: caught.diagnostics.map(({ message }) => message).join("; ") };
  }
}

function hostRows({ root, fleet }: Repository): Pick<ReportData, "hosts" | "next"> {
  const { state, owner } = readRollout(root);
  const { hosts, next } = statusOf(fleet, state, new Date(), owner);
  const rows = hosts.map(({ host, wave, stage, since, failure, pending }) => {
    const known = fleet.hosts.find(({ name }) => name === host);
    return {
      name: host,
      channel: known?.channel.name ?? "",
      ship: known?.ship ?? "",
      wave: wave === null ? "none" : wave === 0 ? "canary" : String(wave),
      stage,
      since: since ?? "",
      note:
        failure === null
          ? pending === null
            ? ""
            : `${pending} was begun`
          : `${failure.step}: ${failure.reason}`,
    };
  });
  return { hosts: rows, next };
}

interface Pipelines extends ReturnType<typeof viewPipeline> {
  parity: ReportParity;
}

/** The generated pipeline held against Promtail's, and what it does to entries. */
async function pipelines(
  { root, fleet }: Repository,
  shipping: readonly Host[],
  host: Host | undefined,
  given: readonly RawEntry[] | undefined,
  io: Io,
): Promise<Pipelines> {
  const context = { root, env: io.env, log: (line: string) => io.log(line), signal: io.signal };
  const source = await readPipeline(context, fleet, shipping);
  const { configuration, diagnostics } = await prepareGeneration(root, fleet, shipping, source, {
    force: true,
  });
  if (hasErrors(diagnostics)) throw new FleetError(diagnostics, 1);
  const file = `${fleet.layout.modules}/alloy/config.alloy`;
  const entries = given ?? corpus(host?.name ?? "host", ANY_TIME);
  const alloyVersion = host?.channel.alloy ?? ALLOY_VERSION;
  const parity = compared(source, { name: file, text: configuration }, { entries, alloyVersion });
  return { parity, ...viewPipeline({ file, text: configuration, alloyVersion }, entries.slice(0, TRACED)) };
}

/** Entries whose traces are shown, at most. */
const TRACED = 200;

function compared(
  source: PipelineSource,
  alloy: { name: string; text: string },
  { entries, alloyVersion }: { entries: readonly RawEntry[]; alloyVersion: string },
): ReportParity {
  const name = `${source.module} (converted)`;
  const corrected = { name, text: convert(source.promtail, { faithful: true }).text };
  const structure = compare({ name, text: convert(source.promtail).text }, alloy, { corrected });
  const parsed = entries.map(parseJournalJson).flatMap((entry) => (isMalformed(entry) ? [] : [entry]));
  const behaviour = compareBehaviour(source.promtail, alloy, parsed, { env: {}, alloyVersion });
  return {
    ok: structure.ok && behaviour.ok,
    summary: `${behaviour.entries - behaviour.different} of ${behaviour.entries} entries come out the same in the models of Promtail and of Alloy.`,
    components: structure.components.map(
      ({ role, name: { promtail = "", alloy: own = "" }, result, differences }) => ({
        role,
        promtail,
        alloy: own,
        result,
        differences: differences.map(
          ({ path, expected = "nothing", got = "nothing", allowed }) =>
            `${path}: ${expected} → ${got}${allowed === undefined ? "" : ` (allowed: ${allowed})`}`,
        ),
      }),
    ),
  };
}

async function verdicts({ root, fleet }: Repository, io: Io): Promise<ReportVerdict[]> {
  const { hosts, nix } = await gate(fleet, root, gateOptions({ env: io.env, cold: false }, io));
  return hosts.map(({ host, channel, verdict, through, nixpkgs, seconds, diagnostics, unverified }) => ({
    host,
    channel,
    verdict,
    seconds,
    through: `${through === "embedded" ? "embedded option surface" : (nixpkgs ?? "nixpkgs")}, nix ${nix}`,
    findings: [
      ...diagnostics.map(({ message }) => message),
      ...unverified.map(({ option }) => `not judged: ${option}`),
    ],
  }));
}

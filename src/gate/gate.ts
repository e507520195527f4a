import { join } from "node:path";
import { closest, error, FleetError } from "../diagnostics/index.ts";
import type { Channel, Fleet, Host } from "../manifest/index.ts";
import { findEvaluators, findNix, Places, standIns, type Evaluator } from "../nix/index.ts";
import { evaluateEmbedded } from "./embedded.ts";
import { verdictOf, type HostFindings } from "./findings.ts";
import { evaluateFlake, evaluateThroughNixpkgs } from "./real.ts";
import type { GateReport, HostReport } from "./report.ts";
import type { Session } from "./session.ts";

export interface GateOptions {
  /** Names of the hosts to evaluate, maybe none; all when left out. */
  hosts?: readonly string[];
  env: Readonly<Record<string, string | undefined>>;
  signal?: AbortSignal;
  /** Told each host's report as it is there. */
  onProgress?: (report: HostReport) => void;
  /** Told what takes long or changes the machine, before it happens. */
  log?: (line: string) => void;
}

/** Evaluations that run beside each other; each may take a gigabyte with a real nixpkgs. */
const WORKERS = 2;

/**
 * Evaluates the hosts of a fleet as `nixos-rebuild dry-build` would, each on its channel: through the nixpkgs
 * that the channel names, else through the embedded option surface. Reads the tree at `root` as it stands and
 * writes nothing. A host that does not evaluate is a finding in the report, never an exception.
 *
 * @throws FleetError when the gate cannot run: Nix or a named nixpkgs is missing, or `hosts` names no host.
 */
export async function gate(fleet: Fleet, root: string, options: GateOptions): Promise<GateReport> {
  const hosts = select(fleet.hosts, options.hosts);
  const { env, signal, log } = options;
  const evaluation = { env, ...(signal === undefined ? {} : { signal }) };
  const nix = await findNix({
    ...evaluation,
    tools: fleet.tools,
    cwd: root,
    ...(log === undefined ? {} : { log }),
  });
  const channels = [
    ...new Set(hosts.filter(({ entry }) => entry.kind === "configuration").map((host) => host.channel)),
  ];
  const evaluators = await findEvaluators(channels, nix, root, evaluation);
  const session: Session = { root, nix, places: new Places(root), evaluation };

  const reports = await inParallel(hosts, WORKERS, async (host) => {
    const report = await evaluateHost(host, evaluators.get(host.channel.name), session);
    options.onProgress?.(report);
    return report;
  });
  const summary = { pass: 0, fail: 0, unverified: 0 };
  for (const { verdict } of reports) summary[verdict] += 1;
  return { nix: nix.version, hosts: reports, summary, notes: notesOf(channels, evaluators, env) };
}

function select(hosts: readonly Host[], names: readonly string[] | undefined): readonly Host[] {
  if (names === undefined) return hosts;
  for (const name of names) {
    if (hosts.some((host) => host.name === name)) continue;
    const known = hosts.map((host) => host.name);
    const meant = closest(name, known);
    throw new FleetError(
      error("gate/unknown-host", `${name} is no host of the manifest`, {
        hint: meant === undefined ? `hosts: ${known.join(", ")}` : `did you mean ${meant}?`,
      }),
    );
  }
  return hosts.filter((host) => names.includes(host.name));
}

async function evaluateHost(
  host: Host,
  evaluator: Evaluator | undefined,
  session: Session,
): Promise<HostReport> {
  const begun = performance.now();
  const findings = await evaluateEntry(host, evaluator, session).catch((caught: unknown): HostFindings => {
    // The run as a whole ends when it is interrupted; anything else is this host's own misfortune.
    session.evaluation.signal?.throwIfAborted();
    if (!(caught instanceof FleetError)) throw caught;
    return { diagnostics: caught.diagnostics, unverified: [] };
  });
  const flake = host.entry.kind === "flake" ? host.entry.flake : undefined;
  return {
    host: host.name,
    channel: host.channel.name,
    verdict: verdictOf(findings),
    through: flake === undefined ? (evaluator?.kind ?? "embedded") : "nixpkgs",
    nixpkgs:
      flake === undefined ? (evaluator?.kind === "nixpkgs" ? evaluator.path : undefined) : `flake ${flake}`,
    seconds: Math.round(performance.now() - begun) / 1000,
    ...findings,
  };
}

async function evaluateEntry(
  { entry, channel }: Host,
  evaluator: Evaluator | undefined,
  session: Session,
): Promise<HostFindings> {
  if (entry.kind === "flake") return evaluateFlake(entry, channel, session);
  const configuration = join(session.root, entry.file);
  if (evaluator?.kind !== "nixpkgs") return evaluateEmbedded(configuration, channel, session);
  return evaluateThroughNixpkgs(configuration, evaluator.path, channel, session);
}

/** What was embedded in the place of something real, and why: a sentence each. */
function notesOf(
  channels: readonly Channel[],
  evaluators: ReadonlyMap<string, Evaluator>,
  env: GateOptions["env"],
): string[] {
  return channels.flatMap((channel) => {
    const evaluator = evaluators.get(channel.name);
    const at = `channel ${channel.name}`;
    if (evaluator?.kind === "nixpkgs") {
      return standIns(channel, env).length === 0
        ? []
        : [`${at}: sops-nix is not in NIX_PATH, so the embedded sops options stand in for its module`];
    }
    if (evaluator?.reason === undefined) return [];
    return [`${at}: ${evaluator.reason}, so its hosts are evaluated through the embedded option surface`];
  });
}

/** Runs `work` on every item, `workers` at a time, and gives the results in the items' order. */
async function inParallel<Item, Result>(
  items: readonly Item[],
  workers: number,
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results = new Map<number, Result>();
  const queue = items.entries();
  const worker = async (): Promise<void> => {
    for (const [index, item] of queue) results.set(index, await work(item));
  };
  await Promise.all(Array.from({ length: workers }, worker));
  return [...results].sort(([left], [right]) => left - right).map(([, result]) => result);
}

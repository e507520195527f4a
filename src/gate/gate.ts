import { availableParallelism } from "node:os";
import { closest, error, FleetError } from "../diagnostics/index.ts";
import type { Channel, Fleet, Host } from "../manifest/index.ts";
import {
  channelModules,
  findEvaluators,
  findNix,
  locateNix,
  nixEnvironment,
  standIns,
  type Evaluator,
  type Look,
  type Nix,
} from "../nix/index.ts";
import { ensureProgram, locateProgram } from "../programs/index.ts";
import { isEmbedded, type HostOutcome, type HostTask } from "./evaluate-host.ts";
import { evaluateHosts } from "./evaluate-hosts.ts";
import { verdictOf, type HostFindings } from "./findings.ts";
import { Recollection, type CacheOptions } from "./recollection.ts";
import type { GateReport, HostReport } from "./report.ts";
import { Workers } from "./workers.ts";

export interface GateOptions {
  /** Names of the hosts to evaluate, maybe none; all when left out. */
  hosts?: readonly string[];
  env: Readonly<Record<string, string | undefined>>;
  /** Where verdicts are kept from run to run; when left out every host is evaluated. */
  cache?: CacheOptions;
  /** Options of Nix's own: name and value. */
  settings?: readonly (readonly [name: string, value: string])[];
  /** What evaluates hosts of a nixpkgs: `nix`, the default, or `nix-eval-jobs`, whose verdicts are not kept. */
  engine?: "nix" | "nix-eval-jobs";
  /** Bytes that all evaluations may hold together; by default a share of what is available. */
  memory?: number;
  signal?: AbortSignal;
  /** Told each host's report as it is there. */
  onProgress?: (report: HostReport) => void;
  /** Told what takes long or changes the machine, before it happens. */
  log?: (line: string) => void;
}

/**
 * Evaluates the hosts of a fleet as `nixos-rebuild dry-build` would, each on its channel: through the nixpkgs
 * that the channel names, else through the embedded option surface. Reads the tree at `root` as it stands and
 * writes nothing into it. A host that does not evaluate is a finding in the report, never an exception. With a cache, a
 * host whose inputs are all what they were is not evaluated again, and where that is so for all Nix is not started.
 *
 * @throws FleetError when the gate cannot run: Nix or a named nixpkgs is missing, or `hosts` names no host.
 */
export async function gate(fleet: Fleet, root: string, options: GateOptions): Promise<GateReport> {
  const hosts = select(fleet.hosts, options.hosts);
  const { signal, log, settings = [] } = options;
  const env = nixEnvironment(options.env);
  const evaluation = { env, settings, ...(signal === undefined ? {} : { signal }) };
  const programs = { env, tools: fleet.tools, cwd: root, ...(log === undefined ? {} : { log }) };
  const found = locateNix(programs);
  const instantiate = found?.instantiate ?? (await findNix(programs)).instantiate;
  const recollection = new Recollection({ cache: options.cache, root, env, instantiate, settings });
  try {
    const nix = await recollect(recollection, "nix", async () => ({
      value: (await findNix(programs)).version,
      looks: found === undefined ? [] : [{ kind: "read", subject: found.nix }],
      since: Date.now(),
    })).then((version): Nix => ({ instantiate, version }));
    const channels = [
      ...new Set(hosts.filter(({ entry }) => entry.kind === "configuration").map((host) => host.channel)),
    ];
    const evaluators = await recallEvaluators(recollection, channels, nix, root, evaluation);

    const reports = new Map<Host, HostReport>();
    const report = (
      task: HostTask,
      outcome: Pick<HostOutcome, "findings" | "seconds">,
      cache: CacheState,
    ): void => {
      const made = reportOf(task, outcome, cache);
      reports.set(task.host, made);
      options.onProgress?.(made);
    };
    const tasks: HostTask[] = [];
    for (const host of hosts) {
      const task: HostTask = { host, evaluator: evaluators.get(host.channel.name) };
      const known = recollection.recall(questionOf(task, root, env)) as HostFindings | undefined;
      if (known === undefined) tasks.push(task);
      else report(task, { findings: known, seconds: 0 }, { cached: true, uncacheable: undefined });
    }
    if (tasks.length > 0) {
      const most = availableParallelism();
      const strace = locateProgram("strace", programs);
      const evalJobs =
        options.engine === "nix-eval-jobs"
          ? (await ensureProgram("nix-eval-jobs", programs)).path
          : undefined;
      const workers = new Workers({
        most,
        ...(options.memory === undefined ? {} : { budget: options.memory }),
      });
      await evaluateHosts(tasks, { root, nix, evaluation, strace, evalJobs, workers, most }, (outcomes) => {
        const kept = recollection.keep(
          outcomes.map(([task, { findings, ...outcome }]) => ({
            question: questionOf(task, root, env),
            found: { ...outcome, value: findings },
          })),
        );
        for (const [index, [task, outcome]] of outcomes.entries()) {
          report(task, outcome, { cached: false, uncacheable: kept[index] });
        }
      });
    }
    const ordered = hosts.map((host) => {
      const made = reports.get(host);
      // A host that nothing is known of must never be left out of what counts.
      if (made === undefined) throw new TypeError(`${host.name} was not evaluated`);
      return made;
    });
    const summary = { pass: 0, fail: 0, unverified: 0 };
    for (const { verdict } of ordered) summary[verdict] += 1;
    return { nix: nix.version, hosts: ordered, summary, notes: notesOf(channels, evaluators, env) };
  } finally {
    recollection.close();
  }
}

/** An answer from an earlier run, or else the one that is found now, which is kept. */
async function recollect<T>(
  recollection: Recollection,
  question: unknown,
  find: () => Promise<{ value: T; looks: readonly Look[]; since: number }>,
): Promise<T> {
  const known = recollection.recall(question) as T | undefined;
  if (known !== undefined) return known;
  const found = await find();
  recollection.keep([{ question, found }]);
  return found.value;
}

async function recallEvaluators(
  recollection: Recollection,
  channels: readonly Channel[],
  nix: Nix,
  root: string,
  evaluation: Parameters<typeof findEvaluators>[3],
): Promise<ReadonlyMap<string, Evaluator>> {
  const question = [
    "evaluators",
    channels.map(({ name, nixpkgs }) => [name, nixpkgs]),
    evaluation.env["FLEET_NIXPKGS"],
  ];
  const rows = await recollect(recollection, question, async () => {
    const since = Date.now();
    const looks: Look[] = [];
    const evaluators = await findEvaluators(channels, nix, root, evaluation, (look) => void looks.push(look));
    return { value: [...evaluators], looks, since };
  });
  return new Map(rows);
}

/** What is known of a host before it is evaluated, and makes a difference to what it evaluates to. */
function questionOf(task: HostTask, root: string, env: GateOptions["env"]): unknown {
  const { host, evaluator } = task;
  const { entry, channel } = host;
  const modules = channelModules(channel, root);
  const asked = ["host", entry, channel, modules, evaluator];
  // A variable that is read is an input of the embedded surface; what else Nix reads of them cannot be seen.
  return isEmbedded(task) ? asked : [...asked, standIns(channel, env), Object.entries(env).sort()];
}

type CacheState = Pick<HostReport, "cached" | "uncacheable">;

function reportOf(
  { host, evaluator }: HostTask,
  { findings, seconds }: Pick<HostOutcome, "findings" | "seconds">,
  cache: CacheState,
): HostReport {
  const flake = host.entry.kind === "flake" ? host.entry.flake : undefined;
  return {
    host: host.name,
    channel: host.channel.name,
    verdict: verdictOf(findings),
    through: flake === undefined ? (evaluator?.kind ?? "embedded") : "nixpkgs",
    nixpkgs:
      flake === undefined ? (evaluator?.kind === "nixpkgs" ? evaluator.path : undefined) : `flake ${flake}`,
    seconds: Math.round(seconds * 1000) / 1000,
    ...cache,
    ...findings,
  };
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

import { FleetError, warning, type Diagnostic } from "../diagnostics/index.ts";
import type { Fleet } from "../manifest/index.ts";
import type { Owner } from "./lock.ts";
import { planRollout } from "./plan.ts";
import type { Step } from "./record.ts";
import { hostState, type RolloutState, type Stage } from "./state.ts";

/** A row of `fleet status`. */
export interface HostStatus {
  host: string;
  /** 0 is the canary; null for a host that is in no wave. */
  wave: number | null;
  stage: Stage;
  /** ISO 8601; null for a host that no record is about. */
  since: string | null;
  /** A step that was begun and of which no end is known. */
  pending: Step | null;
  failure: { step: Step; reason: string } | null;
  commit: string | null;
  generation: string | null;
}

export interface Status {
  hosts: readonly HostStatus[];
  /** How many hosts are in each stage that any is in. */
  summary: Readonly<Partial<Record<Stage, number>>>;
  /** The commit that removed the Promtail module. */
  retired: string | null;
  /** Who works on the repository now. */
  locked: Owner | null;
  /** What to run next, and why. */
  next: string;
  diagnostics: readonly Diagnostic[];
}

/** How far each host of a fleet has come, in the order of the rollout, and what to do next. */
export function statusOf(fleet: Fleet, state: RolloutState, now: Date, owner: Owner | undefined): Status {
  const waves = new Map<string, number>(
    fleet.waves.flatMap((hosts, at) => hosts.map((host) => [host, at + 1])),
  );
  if (fleet.canary !== undefined) waves.set(fleet.canary, 0);
  const hosts = fleet.hosts
    .map(({ name }): HostStatus => {
      const { stage, since, pending, failure, commit, deployment } = hostState(state, name);
      return {
        host: name,
        wave: waves.get(name) ?? null,
        stage,
        since: since ?? null,
        pending: pending?.step ?? null,
        failure: stage === "failed" || stage === "rolled back" ? (failure ?? null) : null,
        commit: deployment?.commit ?? commit ?? null,
        generation: deployment?.generation ?? null,
      };
    })
    .sort((one, other) => (one.wave ?? Infinity) - (other.wave ?? Infinity) || 0);
  const summary: Partial<Record<Stage, number>> = {};
  for (const { stage } of hosts) summary[stage] = (summary[stage] ?? 0) + 1;
  return {
    hosts,
    summary,
    retired: state.retired ?? null,
    locked: owner ?? null,
    next: nextCommand(fleet, state, now),
    diagnostics: goneHosts(fleet, state),
  };
}

/** Hosts that the journal knows and the manifest does not: they were renamed or removed while they moved. */
export function goneHosts({ file, hosts }: Fleet, state: RolloutState): Diagnostic[] {
  const known = new Set(hosts.map(({ name }) => name));
  return [...state.hosts]
    .filter(([name]) => !known.has(name))
    .map(([name, { stage, deployment }]) => {
      const message = `${name} is ${stage} and not in ${file} any more`;
      const hint =
        deployment === undefined
          ? `was it renamed? Under its new name it begins anew`
          : `it runs what fleet deployed; a host that was renamed begins anew under its new name`;
      return warning("rollout/host-gone", message, { hint });
    });
}

function nextCommand(fleet: Fleet, state: RolloutState, now: Date): string {
  const canaryCommitted = hostState(state, fleet.canary ?? "").stage === "committed";
  const request = {
    fleet,
    state,
    canaryCommitted,
    wave: undefined,
    resume: false,
    through: "verify",
    now,
  } as const;
  try {
    const { waves, retire, then } = planRollout(request);
    const [first] = waves.filter(({ wave }) => wave > 0).concat(waves);
    if (first !== undefined)
      return `fleet rollout: ${first.wave === 0 ? "the canary" : `wave ${first.wave}`}`;
    if (retire) return "fleet rollout: removes the Promtail module";
    return then === undefined ? "nothing is left to do" : `nothing; ${then}`;
  } catch (caught) {
    if (!(caught instanceof FleetError)) throw caught;
    return caught.diagnostics
      .map(({ message, hint }) => (hint === undefined ? message : `${hint} (${message})`))
      .join("; ");
  }
}

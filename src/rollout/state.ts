import type { JournalRecord, Step } from "./record.ts";

/** How far a host has come. */
export const STAGES = [
  "promtail",
  "generated",
  "gated",
  "tested",
  "committed",
  "deployed",
  "verified",
  "failed",
  "rolled back",
] as const;

export type Stage = (typeof STAGES)[number];

/** What the journal says of a host. Times are ISO 8601. */
export interface HostState {
  stage: Stage;
  /** When it came to its stage; undefined for one that no record is about. */
  since: string | undefined;
  wave: number | undefined;
  /** The record of a step that was begun and of which no end is known. */
  pending: JournalRecord | undefined;
  failure: { step: Step; reason: string } | undefined;
  /** The commit that holds its import. */
  commit: string | undefined;
  /** Present from the moment when a deployment was begun until it was rolled back. */
  deployment: Deployment | undefined;
  /** Since when the present deployment is verified. */
  verifiedSince: string | undefined;
  /** True when its import was taken back after a failure. */
  reverted: boolean;
}

export interface Deployment {
  commit: string | undefined;
  /** What the host ran before. */
  previous: string | undefined;
  /** What it ran afterwards; undefined until that is known. */
  generation: string | undefined;
}

export interface RolloutState {
  hosts: ReadonlyMap<string, HostState>;
  /** The commit that removed the Promtail module. */
  retired: string | undefined;
  /** The record of a removal that was begun and of which no end is known. */
  retiring: JournalRecord | undefined;
}

export const UNTOUCHED: HostState = {
  stage: "promtail",
  since: undefined,
  wave: undefined,
  pending: undefined,
  failure: undefined,
  commit: undefined,
  deployment: undefined,
  verifiedSince: undefined,
  reverted: false,
};

/** The state of a host, known or not. */
export function hostState(state: RolloutState, host: string): HostState {
  return state.hosts.get(host) ?? UNTOUCHED;
}

/** The state that records lead to, from the first on. */
export function replay(records: readonly JournalRecord[]): RolloutState {
  const hosts = new Map<string, HostState>();
  let module: ModuleState = { retired: undefined, retiring: undefined };
  for (const record of records) module = apply(hosts, module, record);
  return { hosts, ...module };
}

/** The state after one more record. */
export function reduce(state: RolloutState, record: JournalRecord): RolloutState {
  const hosts = new Map(state.hosts);
  return { hosts, ...apply(hosts, state, record) };
}

type ModuleState = Pick<RolloutState, "retired" | "retiring">;

/** Enters a record into `hosts`; gives what is then known of the Promtail module. */
function apply(
  hosts: Map<string, HostState>,
  { retired, retiring }: ModuleState,
  record: JournalRecord,
): ModuleState {
  if (record.step !== "retire") {
    for (const host of record.hosts) hosts.set(host, reduceHost(hosts.get(host) ?? UNTOUCHED, record));
    return { retired, retiring };
  }
  // It is about the module, and no host changes its stage by it.
  return {
    retired: record.phase === "done" ? record.commit : retired,
    retiring: record.phase === "begun" ? record : undefined,
  };
}

function reduceHost(host: HostState, record: JournalRecord): HostState {
  const { phase, step, time, wave, commit, previous } = record;
  const at = { ...host, wave };
  switch (phase) {
    case "begun":
      return {
        ...at,
        pending: record,
        // A second attempt at a deployment of which no end is known still goes back to what was there before the first.
        ...(step === "deploy"
          ? {
              deployment: { commit, previous: host.deployment?.previous ?? previous, generation: undefined },
              verifiedSince: undefined,
            }
          : {}),
      };
    case "failed":
      return {
        ...at,
        stage: "failed",
        since: time,
        pending: undefined,
        failure: { step, reason: record.reason ?? "" },
        verifiedSince: undefined,
      };
    case "done":
      return { ...at, since: time, pending: undefined, ...done(host, record) };
  }
}

/** What the end of a step changes, besides time and pending step. */
function done(
  host: HostState,
  { step, time, commit, generation, previous }: JournalRecord,
): Partial<HostState> {
  switch (step) {
    case "generate":
      return { stage: "generated", failure: undefined, reverted: false };
    case "gate":
      return { stage: "gated" };
    case "test":
      return { stage: "tested" };
    case "commit":
      return { stage: "committed", failure: undefined, commit, reverted: false };
    case "deploy":
      return {
        stage: "deployed",
        deployment: { commit, previous: host.deployment?.previous ?? previous, generation },
        verifiedSince: undefined,
      };
    case "verify":
      return {
        stage: "verified",
        since: host.stage === "verified" ? host.since : time,
        failure: undefined,
        verifiedSince: host.verifiedSince ?? time,
      };
    case "rollback":
      return { stage: "rolled back", deployment: undefined, verifiedSince: undefined };
    case "revert":
      return {
        stage: host.deployment === undefined ? "rolled back" : host.stage,
        reverted: true,
        commit: undefined,
      };
    case "retire":
      return {};
  }
}

import { error, FleetError } from "../diagnostics/index.ts";
import type { Fleet } from "../manifest/index.ts";
import type { Step } from "./record.ts";
import { hostState, type HostState, type RolloutState, type Stage } from "./state.ts";

/** The steps after which a rollout may be told to stop. */
export const THROUGH = ["generate", "gate", "commit", "deploy", "verify"] as const;

export type Through = (typeof THROUGH)[number];

export interface PlannedHost {
  host: string;
  stage: Stage;
  /** What is to be done, in order; none for a host that has come as far as asked. */
  steps: readonly Step[];
}

export interface PlannedWave {
  /** 0 is the canary. */
  wave: number;
  hosts: readonly PlannedHost[];
}

export interface RolloutPlan {
  waves: readonly PlannedWave[];
  /** True when the shared Promtail module goes at the end. */
  retire: boolean;
  /** What comes after this plan, or why it is empty; undefined when nothing is left. */
  then: string | undefined;
}

export interface PlanRequest {
  fleet: Fleet;
  state: RolloutState;
  /** True when the canary's import is committed, whoever did that. */
  canaryCommitted: boolean;
  /** Only this wave. */
  wave: number | undefined;
  resume: boolean;
  through: Through;
  now: Date;
}

/**
 * What a rollout has to do from here.
 *
 * @throws FleetError when it may not go on: no migrated canary, one that is not verified for long enough, a wave out of
 *   turn, or an earlier run that was not finished and is not to be resumed.
 */
export function planRollout(request: PlanRequest): RolloutPlan {
  const { fleet, state, wave, resume, through } = request;
  const { canary } = fleet;
  if (canary === undefined) {
    const hint = "name one: rollout.canary";
    throw new FleetError(error("rollout/no-canary", `${fleet.file} names no canary`, { hint }));
  }
  if (!resume) refuseUnfinished(fleet, state);
  const waves = fleet.waves.map((hosts, at) => planWave(at + 1, hosts, state, through));
  if (hostState(state, canary).stage !== "verified") return planCanary(request, canary, waves);
  refuseSoaking(request, canary);
  if (wave !== undefined) return planOne(wave, waves, fleet);
  const open = waves.filter(isOpen);
  const retire = through === "verify" && state.retired === undefined && isLast(fleet);
  const then = open.length > 0 || retire ? undefined : leftOver(fleet, state);
  const begun = waves.some(({ hosts }) => hosts.some(({ stage }) => stage !== "promtail"));
  return { waves: begun || open.length === 0 ? open : [again(canary), ...open], retire, then };
}

/** The canary's logs have to be right at the end of the soak time too, not only at its beginning. */
function again(canary: string): PlannedWave {
  return { wave: 0, hosts: [{ host: canary, stage: "verified", steps: ["verify"] }] };
}

function planWave(
  wave: number,
  hosts: readonly string[],
  state: RolloutState,
  through: Through,
): PlannedWave {
  return { wave, hosts: hosts.map((host) => planHost(host, hostState(state, host), through)) };
}

function planHost(host: string, state: HostState, through: Through): PlannedHost {
  return { host, stage: state.stage, steps: stepsFrom(state, through) };
}

function isOpen({ hosts }: PlannedWave): boolean {
  return hosts.some(({ steps }) => steps.length > 0);
}

/** How many steps need not be done again. What is made and evaluated before a commit is not kept. */
const DONE: Partial<Record<Stage, number>> = { committed: 3, deployed: 4, verified: 5 };

/** The steps that a host still has before it, up to `through`. */
export function stepsFrom(state: HostState, through: Through = "verify"): Step[] {
  const way = wayBack(state);
  if (way.length > 0) return way;
  return THROUGH.slice(DONE[state.stage] ?? 0, THROUGH.indexOf(through) + 1);
}

/** What takes a host back after a failure, as far as that has not been done. */
export function wayBack(state: HostState): Step[] {
  const { stage, failure, deployment, reverted, commit } = state;
  const revert: Step[] = reverted || commit === undefined ? [] : ["revert"];
  if (stage === "rolled back") return revert;
  if (stage !== "failed" || failure === undefined) return [];
  if (!["deploy", "verify", "rollback", "revert"].includes(failure.step)) return [];
  return deployment === undefined ? revert : ["rollback", ...revert];
}

/** True for a host that nothing was deployed to since its change was made, or taken back. */
export function isEarly({ stage, reverted }: HostState): boolean {
  return ["promtail", "generated", "gated", "tested", "committed"].includes(stage) || reverted;
}

/** True for a host on which something was begun that is not at its end. */
export function isUnfinished(state: HostState): boolean {
  if (state.pending !== undefined) return true;
  return ["generated", "gated", "committed", "deployed", "failed", "rolled back"].includes(state.stage);
}

function refuseUnfinished(fleet: Fleet, state: RolloutState): void {
  const waves = [[fleet.canary ?? ""], ...fleet.waves];
  for (const [wave, hosts] of waves.entries()) {
    const name = hosts.find((host) => {
      const one = hostState(state, host);
      // Up to the commit a canary is `fleet migrate`'s, which ends with that.
      return isUnfinished(one) && !(wave === 0 && isEarly(one) && one.pending === undefined);
    });
    if (name === undefined) continue;
    const one = hostState(state, name);
    const where = one.pending === undefined ? `is ${one.stage}` : `was left in the step ${one.pending.step}`;
    const title = wave === 0 ? "the canary" : `wave ${wave}`;
    throw new FleetError(
      error("rollout/unfinished", `${title} is not finished: ${name} ${where}`, {
        hint: "fleet rollout --resume goes on from there; fleet status shows all hosts",
      }),
      1,
    );
  }
}

function planCanary(
  { fleet, state, canaryCommitted, wave, through }: PlanRequest,
  canary: string,
  waves: readonly PlannedWave[],
): RolloutPlan {
  const known = hostState(state, canary);
  const early = isEarly(known);
  if (early && !canaryCommitted) {
    throw new FleetError(
      error(
        "rollout/canary-not-ready",
        `the canary ${canary} is not migrated: its change is not committed here`,
        {
          hint: `fleet migrate --canary ${canary} --commit; merge that, and run fleet rollout where it is merged`,
        },
      ),
      1,
    );
  }
  if (wave !== undefined && wave !== 0) {
    const hint = "fleet rollout deploys and verifies the canary";
    throw new FleetError(
      error(
        "rollout/canary-not-ready",
        `wave ${wave} has to wait for the canary ${canary}, which is not verified`,
        { hint },
      ),
      1,
    );
  }
  const steps = stepsFrom(early ? { ...known, stage: "committed" } : known, through);
  const { soak } = fleet.rollout.verify;
  const onward = soak === 0 && wave === undefined && through === "verify";
  return {
    waves: [
      { wave: 0, hosts: [{ host: canary, stage: known.stage, steps }] },
      ...(onward ? waves.filter(isOpen) : []),
    ],
    retire: onward && state.retired === undefined && isLast(fleet),
    then: onward
      ? undefined
      : `once ${canary} has been verified for ${durationText(soak)}: fleet rollout again, for the waves`,
  };
}

function refuseSoaking({ fleet, state, now }: PlanRequest, canary: string): void {
  const { verifiedSince } = hostState(state, canary);
  const ends = Date.parse(verifiedSince ?? "") + fleet.rollout.verify.soak;
  if (!(now.getTime() < ends)) return;
  const message = `the canary ${canary} is verified since ${verifiedSince ?? ""}, which is less than ${durationText(fleet.rollout.verify.soak)}`;
  throw new FleetError(
    error("rollout/soaking", message, {
      hint: `run fleet rollout again in ${durationText(ends - now.getTime())}, after ${new Date(ends).toISOString()}`,
    }),
    1,
  );
}

function planOne(wave: number, waves: readonly PlannedWave[], { file }: Fleet): RolloutPlan {
  const chosen = waves.find((one) => one.wave === wave);
  if (wave !== 0 && chosen === undefined) {
    const hint = waves.length === 0 ? "give it waves: rollout.waves" : `waves: 1 to ${waves.length}`;
    throw new FleetError(error("rollout/not-planned", `${file} has no wave ${wave}`, { hint }));
  }
  const earlier = waves.find((one) => one.wave < wave && isOpen(one));
  if (earlier !== undefined) {
    const message = `wave ${wave} has to wait for wave ${earlier.wave}, which is not verified`;
    throw new FleetError(
      error("rollout/not-planned", message, { hint: "fleet rollout takes the waves in order" }),
      1,
    );
  }
  const open = chosen !== undefined && isOpen(chosen) ? [chosen] : [];
  return {
    waves: open,
    retire: false,
    then: open.length === 0 ? `wave ${wave} is verified already` : undefined,
  };
}

/** True when there is a Promtail module, and no host is left that ships with it once the waves are through. */
function isLast({ hosts, waves, canary }: Fleet): boolean {
  const moving = new Set([canary, ...waves.flat()]);
  if (hosts.every(({ promtail }) => promtail === undefined)) return false;
  return hosts.every(({ name, ship }) => ship !== "promtail" || moving.has(name));
}

function leftOver({ hosts, waves, canary }: Fleet, state: RolloutState): string | undefined {
  if (state.retired !== undefined) return undefined;
  const moving = new Set([canary, ...waves.flat()]);
  const left = hosts
    .filter(({ name, ship }) => ship === "promtail" && !moving.has(name))
    .map(({ name }) => name);
  return left.length === 0 ? undefined : `in no wave, and still with Promtail: ${left.join(", ")}`;
}

/** A length of time for a person: `45 s`, `12 min`, `1 h 30 min`. */
export function durationText(milliseconds: number): string {
  const seconds = Math.ceil(milliseconds / 1000);
  if (seconds < 90) return `${seconds} s`;
  const minutes = Math.ceil(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const rest = minutes % 60;
  return `${Math.floor(minutes / 60)} h${rest === 0 ? "" : ` ${rest} min`}`;
}

import { error, FleetError, type Diagnostic } from "../diagnostics/index.ts";
import type { Fleet, Host } from "../manifest/index.ts";
import { loadFleet, type Change } from "../repository/index.ts";
import { HostSteps } from "./host-steps.ts";
import {
  isEarly,
  planRollout,
  stepsFrom,
  wayBack,
  type PlannedWave,
  type RolloutPlan,
  type Through,
} from "./plan.ts";
import type { JournalRecord } from "./record.ts";
import { hostState, type HostState } from "./state.ts";
import { idOf, Steps, type RolloutContext } from "./steps.ts";
import { configurationOf, TreeSteps } from "./tree-steps.ts";

export interface HostFailure {
  host: string;
  reason: string;
  /** What it runs and what the tree says of it, after all. */
  outcome: "rolled back" | "failed" | "not deployed";
}

export interface RolloutReport {
  ok: boolean;
  failures: readonly HostFailure[];
  /** What was found on the way to the failures. */
  diagnostics: readonly Diagnostic[];
  /** What comes next, for a person; undefined when nothing is left. */
  next: string | undefined;
}

/**
 * A rollout over its journal. A record is written before and after each action outside of fleet, so that a run which
 * was killed at any point can be taken up again by another.
 */
export class Rollout {
  readonly #steps: Steps;
  readonly #hosts: HostSteps;
  readonly #tree: TreeSteps;

  constructor(context: RolloutContext) {
    this.#steps = new Steps(context);
    this.#hosts = new HostSteps(this.#steps);
    this.#tree = new TreeSteps(this.#steps);
  }

  /** What is to be done; throws as `planRollout` does. */
  async plan(options: { wave: number | undefined; resume: boolean; through: Through }): Promise<RolloutPlan> {
    const { root, journal, outside } = this.#steps.context;
    const { fleet } = await loadFleet(root);
    const canary = fleet.hosts.find(({ name }) => name === fleet.canary);
    const early = isEarly(hostState(journal.state, canary?.name ?? ""));
    return planRollout({
      fleet,
      state: journal.state,
      // A commit that the journal knows may be on a branch that is not merged.
      canaryCommitted: canary !== undefined && early && (await this.#isCommitted(fleet, canary)),
      now: outside.now(),
      ...options,
    });
  }

  /** The changes that the first wave of a plan begins with, for a look beforehand. Writes nothing. */
  async preview({ waves }: RolloutPlan): Promise<Change[]> {
    const { root } = this.#steps.context;
    const { fleet } = await loadFleet(root);
    const wave = waves.find(({ hosts }) => hosts.some(({ steps }) => steps.includes("generate")));
    const names = wave?.hosts.filter(({ steps }) => steps.includes("generate")).map(({ host }) => host) ?? [];
    return names.length === 0 ? [] : this.#tree.changesFor(root, fleet, names);
  }

  /** Does what a plan says, and stops at the first wave with a failure. */
  async run(plan: RolloutPlan, through: Through): Promise<RolloutReport> {
    await this.#settleCommits();
    await this.#steps.context.tree.requireClean();
    const before = await this.#settleFailures();
    if (before.length > 0) return this.#report(before, "fleet rollout --resume tries again");
    await this.#adoptCanary();
    for (const wave of plan.waves) {
      const failures = await this.#wave(wave, through);
      if (failures.length > 0)
        return this.#report(failures, "mend what is wrong; then fleet rollout --resume");
    }
    if (plan.retire && (await this.#steps.attempt(() => this.#tree.retire()))) {
      const failure = { host: "all hosts", reason: "the Promtail module stays", outcome: "failed" } as const;
      return this.#report([failure], "mend what still uses the module; then fleet rollout");
    }
    return this.#report([], plan.then);
  }

  #report(failures: readonly HostFailure[], next: string | undefined): RolloutReport {
    return { ok: failures.length === 0, failures, diagnostics: this.#steps.diagnostics, next };
  }

  /**
   * Makes sure that there is something to roll back.
   *
   * @throws FleetError `rollout/not-deployed`
   */
  requireDeployed(name: string): void {
    const { deployment, commit } = hostState(this.#steps.context.journal.state, name);
    if (deployment !== undefined || commit !== undefined) return;
    const message = `nothing that fleet deployed is on ${name}`;
    const hint = "fleet status shows what is known of each host";
    throw new FleetError(error("rollout/not-deployed", message, { hint }));
  }

  /** Takes a host back to what it ran before, and its import out of the tree. */
  async rollBack(name: string): Promise<RolloutReport> {
    await this.#settleCommits();
    await this.#steps.context.tree.requireClean();
    const { journal } = this.#steps.context;
    const { deployment, wave = 0 } = hostState(journal.state, name);
    const reason = "a person asked for it to be rolled back";
    journal.append({
      phase: "failed",
      step: deployment === undefined ? "deploy" : "verify",
      wave,
      hosts: [name],
      reason,
    });
    const failures = (await this.#wayBack([name])).filter(({ outcome }) => outcome !== "rolled back");
    return this.#report(failures, "fleet rollout --resume moves it again");
  }

  /** True when the host's import of the shared module, and the module, are committed. */
  async #isCommitted(fleet: Fleet, host: Host): Promise<boolean> {
    if (host.ship !== "alloy") return false;
    const { root, tree, outside } = this.#steps.context;
    const module = `${fleet.layout.modules}/alloy/default.nix`;
    if ((await tree.textAt("HEAD", module)) === undefined) return false;
    const changes = await outside.generate(root, fleet, [host]);
    return changes.every(({ path }) => path !== configurationOf(host));
  }

  /** Enters a canary into the journal whose change was committed elsewhere: merged, or made by hand. */
  async #adoptCanary(): Promise<void> {
    const { root, journal, tree } = this.#steps.context;
    const { fleet } = await loadFleet(root);
    const state = hostState(journal.state, fleet.canary ?? "");
    if (fleet.canary === undefined || !isEarly(state) || state.stage === "committed") return;
    journal.append({
      phase: "done",
      step: "commit",
      wave: 0,
      hosts: [fleet.canary],
      commit: await tree.head(),
    });
  }

  /** Finds out how commits ended that were begun and of which no end is known. */
  async #settleCommits(): Promise<void> {
    const { journal, tree } = this.#steps.context;
    const pending = new Map<string, JournalRecord>();
    for (const { pending: record } of journal.state.hosts.values())
      if (record?.files !== undefined) pending.set(idOf(record), record);
    if (journal.state.retiring !== undefined)
      pending.set(idOf(journal.state.retiring), journal.state.retiring);
    for (const [id, { step, wave, hosts, files = {} }] of pending) {
      const commit = await tree.find(id);
      if (commit === undefined) await tree.putBack(files);
      else journal.append({ phase: "done", step, wave, hosts, commit });
    }
  }

  /** Finishes the ways back that an earlier run had begun. */
  async #settleFailures(): Promise<HostFailure[]> {
    const names = [...this.#steps.context.journal.state.hosts]
      .filter(([, state]) => wayBack(state).length > 0)
      .map(([name]) => name);
    return names.length === 0 ? [] : this.#wayBack(names);
  }

  async #wave({ wave, hosts }: PlannedWave, through: Through): Promise<HostFailure[]> {
    const { journal, root } = this.#steps.context;
    const names = hosts.filter(({ steps }) => steps.length > 0).map(({ host }) => host);
    const state = (name: string): HostState => hostState(journal.state, name);
    const fresh = names.filter((name) => stepsFrom(state(name)).includes("generate"));
    if (fresh.length > 0 && (await this.#steps.attempt(() => this.#tree.move(wave, fresh, through))))
      return fresh.map((host) => ({ host, reason: reasonOf(state(host)), outcome: "not deployed" }));
    if (through === "generate" || through === "gate" || through === "commit") return [];
    const { fleet } = await loadFleet(root);
    const commit = await this.#steps.context.tree.head();
    const checkout = await this.#steps.checkOut(commit);
    const order = { wave, commit, checkout };
    await inParallel(names, fleet.rollout.deploy.parallel, async (name) => {
      const host = fleet.hosts.find((one) => one.name === name);
      if (host === undefined) return true;
      const failed = await this.#steps.attempt(async () => {
        if (stepsFrom(state(name)).includes("deploy")) await this.#hosts.deploy(host, order);
        if (through === "verify") await this.#hosts.verify(host, wave);
      });
      return !failed;
    });
    const failed = names.filter((name) => wayBack(state(name)).length > 0);
    if (failed.length > 0) return this.#wayBack(failed);
    return [];
  }

  /** Rolls hosts back and takes their imports out again. What fails here stays failed, and is said. */
  async #wayBack(names: readonly string[]): Promise<HostFailure[]> {
    const { root, journal, outside } = this.#steps.context;
    const { fleet } = await loadFleet(root);
    const state = (name: string): HostState => hostState(journal.state, name);
    const reasons = new Map(names.map((name) => [name, reasonOf(state(name))]));
    const wave = (name: string): number => state(name).wave ?? 0;
    const rollBackHosts = async (): Promise<void> => {
      const deployed = names.filter((name) => wayBack(state(name)).includes("rollback"));
      if (deployed.length === 0) return;
      const commit = await this.#steps.context.tree.head();
      const checkout = await this.#steps.checkOut(commit);
      await inParallel(deployed, fleet.rollout.deploy.parallel, async (name) => {
        const host = fleet.hosts.find((one) => one.name === name);
        if (host !== undefined)
          await this.#steps.attempt(() => this.#hosts.rollBack(host, { wave: wave(name), commit, checkout }));
        return true;
      });
    };
    const revert = async (): Promise<void> => {
      const committed = names.filter((name) => wayBack(state(name)).includes("revert"));
      if (committed.length > 0) await this.#steps.attempt(() => this.#tree.revert(fleet, committed, reasons));
    };
    // Hosts that pull are brought back by the commit.
    if (outside.deployer.pulls) await revert();
    await rollBackHosts();
    if (!outside.deployer.pulls) await revert();
    return names.map((host) => ({
      host,
      reason: reasons.get(host) ?? "",
      outcome: state(host).stage === "rolled back" ? "rolled back" : "failed",
    }));
  }
}

function reasonOf({ failure }: HostState): string {
  return failure?.reason ?? "";
}

/** Calls `work` for each item, `limit` at a time, until one says false; what was begun by then is waited for. */
async function inParallel<T>(
  items: readonly T[],
  limit: number,
  work: (item: T) => Promise<boolean>,
): Promise<void> {
  const queue = [...items];
  let stopped = false;
  const worker = async (): Promise<void> => {
    for (let item = queue.shift(); item !== undefined && !stopped; item = queue.shift()) {
      try {
        if (!(await work(item))) stopped = true;
      } catch (caught) {
        stopped = true;
        throw caught;
      }
    }
  };
  const ended = await Promise.allSettled(Array.from({ length: Math.min(limit, items.length) }, worker));
  for (const one of ended) if (one.status === "rejected") throw one.reason;
}

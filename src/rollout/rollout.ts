import { error, FleetError, type Diagnostic } from "../diagnostics/index.ts";
import type { Fleet, Host } from "../manifest/index.ts";
import { applyChanges, loadFleet, MANIFEST, readText, type Change } from "../repository/index.ts";
import type { Generation } from "./deploy/index.ts";
import type { Journal } from "./journal.ts";
import { withShips } from "./manifest-edit.ts";
import { moveMessage, revertMessage } from "./messages.ts";
import type { Outside } from "./outside.ts";
import {
  isEarly,
  planRollout,
  stepsFrom,
  wayBack,
  type PlannedWave,
  type RolloutPlan,
  type Through,
} from "./plan.ts";
import type { About, Event, JournalRecord } from "./record.ts";
import { retireModule, type Retirement } from "./retire.ts";
import { hostState, type HostState } from "./state.ts";
import { statePath } from "./state-directory.ts";
import { digests, type ChangeSet, type RolloutTree } from "./work-tree.ts";

/** Name of the checkout from which is evaluated and deployed, in the state directory. */
const CHECKOUT = "tree";

export interface RolloutContext {
  root: string;
  journal: Journal;
  tree: RolloutTree;
  outside: Outside;
  signal: AbortSignal;
  log: (line: string) => void;
}

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

/** Ends a wave: the failure is in the journal. */
class StepFailed extends Error {
  override name = "StepFailed";
}

/**
 * A rollout over its journal. A record is written before and after each action outside of fleet, so that a run which
 * was killed at any point can be taken up again by another.
 */
export class Rollout {
  readonly #context: RolloutContext;
  readonly #diagnostics: Diagnostic[] = [];

  constructor(context: RolloutContext) {
    this.#context = context;
  }

  /** What is to be done; throws as `planRollout` does. */
  async plan(options: { wave: number | undefined; resume: boolean; through: Through }): Promise<RolloutPlan> {
    const { root, journal, outside } = this.#context;
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
    const { root } = this.#context;
    const { fleet } = await loadFleet(root);
    const wave = waves.find(({ hosts }) => hosts.some(({ steps }) => steps.includes("generate")));
    const names = wave?.hosts.filter(({ steps }) => steps.includes("generate")).map(({ host }) => host) ?? [];
    return names.length === 0 ? [] : this.#changes(root, fleet, names);
  }

  /** Does what a plan says, and stops at the first wave with a failure. */
  async run(plan: RolloutPlan, through: Through): Promise<RolloutReport> {
    await this.#settleCommits();
    await this.#context.tree.requireClean();
    const before = await this.#settleFailures();
    if (before.length > 0) return this.#report(before, "fleet rollout --resume tries again");
    await this.#adoptCanary();
    for (const wave of plan.waves) {
      const failures = await this.#wave(wave, through);
      if (failures.length > 0)
        return this.#report(failures, "mend what is wrong; then fleet rollout --resume");
    }
    if (plan.retire && (await this.#attempt(() => this.#retire()))) {
      const failure = { host: "all hosts", reason: "the Promtail module stays", outcome: "failed" } as const;
      return this.#report([failure], "mend what still uses the module; then fleet rollout");
    }
    return this.#report([], plan.then);
  }

  #report(failures: readonly HostFailure[], next: string | undefined): RolloutReport {
    return { ok: failures.length === 0, failures, diagnostics: this.#diagnostics, next };
  }

  /**
   * Makes sure that there is something to roll back.
   *
   * @throws FleetError `rollout/not-deployed`
   */
  requireDeployed(name: string): void {
    const { deployment, commit } = hostState(this.#context.journal.state, name);
    if (deployment !== undefined || commit !== undefined) return;
    const message = `nothing that fleet deployed is on ${name}`;
    const hint = "fleet status shows what is known of each host";
    throw new FleetError(error("rollout/not-deployed", message, { hint }));
  }

  /** Takes a host back to what it ran before, and its import out of the tree. */
  async rollBack(name: string): Promise<RolloutReport> {
    await this.#settleCommits();
    await this.#context.tree.requireClean();
    const { journal } = this.#context;
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
    const { root, tree, outside } = this.#context;
    const module = `${fleet.layout.modules}/alloy/default.nix`;
    if ((await tree.textAt("HEAD", module)) === undefined) return false;
    const changes = await outside.generate(root, fleet, [host]);
    return changes.every(({ path }) => path !== configurationOf(host));
  }

  /** Enters a canary into the journal whose change was committed elsewhere: merged, or made by hand. */
  async #adoptCanary(): Promise<void> {
    const { root, journal, tree } = this.#context;
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
    const { journal, tree } = this.#context;
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
    const names = [...this.#context.journal.state.hosts]
      .filter(([, state]) => wayBack(state).length > 0)
      .map(([name]) => name);
    return names.length === 0 ? [] : this.#wayBack(names);
  }

  async #wave({ wave, hosts }: PlannedWave, through: Through): Promise<HostFailure[]> {
    const { journal, root } = this.#context;
    const names = hosts.filter(({ steps }) => steps.length > 0).map(({ host }) => host);
    const state = (name: string): HostState => hostState(journal.state, name);
    const fresh = names.filter((name) => stepsFrom(state(name)).includes("generate"));
    if (fresh.length > 0 && (await this.#attempt(() => this.#move(wave, fresh, through))))
      return fresh.map((host) => ({ host, reason: reasonOf(state(host)), outcome: "not deployed" }));
    if (through === "generate" || through === "gate" || through === "commit") return [];
    const { fleet } = await loadFleet(root);
    const commit = await this.#context.tree.head();
    const checkout = await this.#checkOut(commit);
    const order = { wave, commit, checkout };
    await inParallel(names, fleet.rollout.deploy.parallel, async (name) => {
      const host = fleet.hosts.find((one) => one.name === name);
      if (host === undefined) return true;
      const failed = await this.#attempt(async () => {
        if (stepsFrom(state(name)).includes("deploy")) await this.#deploy(host, order);
        if (through === "verify") await this.#verify(host, wave);
      });
      return !failed;
    });
    const failed = names.filter((name) => wayBack(state(name)).length > 0);
    if (failed.length > 0) return this.#wayBack(failed);
    return [];
  }

  /** Makes, evaluates and commits the change of a wave's hosts. */
  async #move(wave: number, names: readonly string[], through: Through): Promise<void> {
    const { root, tree, outside } = this.#context;
    const { fleet } = await loadFleet(root);
    const hosts = fleet.hosts.filter(({ name }) => names.includes(name));
    const about = { wave, hosts: names };
    let changes: Change[] = [];
    await this.#step({ ...about, step: "generate" }, async () => {
      changes = await this.#changes(root, fleet, names);
      return {};
    });
    if (through === "generate") return;
    let verdict = "";
    await this.#step({ ...about, step: "gate" }, async () => {
      const checkout = await this.#checkOut(await tree.head());
      await applyChanges(checkout, changes);
      verdict = await outside.gate(checkout);
      return {};
    });
    if (through === "gate") return;
    await this.#commit(
      { ...about, step: "commit" },
      { changes, removed: [] },
      moveMessage(wave, hosts, verdict),
    );
  }

  /** What makes hosts ship with Alloy: their imports, the shared module, and what the manifest says of them. */
  async #changes(root: string, fleet: Fleet, names: readonly string[]): Promise<Change[]> {
    const moved = new Set(names);
    const after: Fleet = {
      ...fleet,
      hosts: fleet.hosts.map((host) => (moved.has(host.name) ? { ...host, ship: "alloy" } : host)),
    };
    const generated = await this.#context.outside.generate(
      root,
      after,
      after.hosts.filter(({ name }) => moved.has(name)),
    );
    const before = (await readText(root, MANIFEST)) ?? "";
    const text = withShips(MANIFEST, before, new Map(names.map((name) => [name, "alloy"])));
    return text === before ? generated : [...generated, { path: MANIFEST, before, after: text }];
  }

  async #deploy(host: Host, order: { wave: number; commit: string; checkout: string }): Promise<void> {
    const { journal, outside } = this.#context;
    const { deployer } = outside;
    const { wave, commit, checkout } = order;
    const about: About = { step: "deploy", wave, hosts: [host.name] };
    const known = hostState(journal.state, host.name);
    const found = await this.#identify(host, about);
    const previous = known.deployment?.previous ?? found.system;
    // A run that was killed may have deployed it: what the host says counts.
    if (known.pending?.step === "deploy" && found.settled && found.system !== previous) {
      journal.append({
        ...about,
        phase: "done",
        commit: known.pending.commit,
        previous,
        generation: found.system,
      });
      return;
    }
    await this.#step({ ...about, commit, previous }, async () => {
      const wanted = { host, commit, checkout, previous };
      const expected = await deployer.expect?.(wanted);
      if (expected !== found.system || !found.settled) await deployer.deploy(wanted);
      const after = await deployer.identify(host);
      const right = expected === undefined ? after.system !== previous : after.system === expected;
      if (right && after.settled) return { commit, previous, generation: after.system };
      const what = after.settled ? `runs ${after.system}` : `would not boot what it runs, ${after.system}`;
      const message = `${deployer.name} reported success, and ${host.name} still ${what}`;
      throw new FleetError(error("rollout/old-generation", message), 1);
    });
  }

  /** What the host runs; that it does not answer is a failure of the step that asks. */
  async #identify(host: Host, about: About): Promise<Generation> {
    try {
      return await this.#context.outside.deployer.identify(host);
    } catch (caught) {
      throw this.#failed(about, caught);
    }
  }

  async #verify(host: Host, wave: number): Promise<void> {
    const { journal, outside } = this.#context;
    const { deployment, since } = hostState(journal.state, host.name);
    await this.#step({ step: "verify", wave, hosts: [host.name] }, async () => {
      const found = await outside.deployer.identify(host);
      if (deployment?.generation !== undefined && found.system !== deployment.generation) {
        const message = `${host.name} runs ${found.system}, and ${deployment.generation} was deployed`;
        throw new FleetError(
          error("rollout/old-generation", message, { hint: "was it rebooted, or deployed by hand?" }),
          1,
        );
      }
      const { ok, summary } = await outside.verifyHost(host, new Date(since ?? outside.now()));
      if (ok) return {};
      const hint = `fleet verify ${host.name} shows each check`;
      throw new FleetError(error("rollout/verify-failed", summary, { hint }), 1);
    });
  }

  /** Rolls hosts back and takes their imports out again. What fails here stays failed, and is said. */
  async #wayBack(names: readonly string[]): Promise<HostFailure[]> {
    const { root, journal, outside } = this.#context;
    const { fleet } = await loadFleet(root);
    const state = (name: string): HostState => hostState(journal.state, name);
    const reasons = new Map(names.map((name) => [name, reasonOf(state(name))]));
    const wave = (name: string): number => state(name).wave ?? 0;
    const rollBackHosts = async (): Promise<void> => {
      const deployed = names.filter((name) => wayBack(state(name)).includes("rollback"));
      if (deployed.length === 0) return;
      const commit = await this.#context.tree.head();
      const checkout = await this.#checkOut(commit);
      await inParallel(deployed, fleet.rollout.deploy.parallel, async (name) => {
        const host = fleet.hosts.find((one) => one.name === name);
        if (host !== undefined)
          await this.#attempt(() => this.#rollBackHost(host, { wave: wave(name), commit, checkout }));
        return true;
      });
    };
    const revert = async (): Promise<void> => {
      const committed = names.filter((name) => wayBack(state(name)).includes("revert"));
      if (committed.length > 0) await this.#attempt(() => this.#revert(fleet, committed, reasons));
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

  async #rollBackHost(host: Host, order: { wave: number; commit: string; checkout: string }): Promise<void> {
    const { journal, outside } = this.#context;
    const { deployer } = outside;
    const { wave, commit, checkout } = order;
    const { deployment } = hostState(journal.state, host.name);
    const previous = deployment?.previous ?? "";
    await this.#step({ step: "rollback", wave, hosts: [host.name], previous }, async () => {
      const found = await deployer.identify(host);
      if (deployer.pulls || found.system !== previous || !found.settled)
        await deployer.rollback({ host, commit, checkout, previous });
      const after = await deployer.identify(host);
      // What is built of the revert is another system where the revision is part of it.
      const back = deployer.pulls ? after.system !== deployment?.generation : after.system === previous;
      if (back && after.settled) return { generation: after.system };
      const message = `${host.name} was rolled back to ${previous}, and runs ${after.system}`;
      throw new FleetError(error("rollout/rollback-failed", message), 1);
    });
  }

  /** Commits what takes the imports of hosts out again, as far as nobody has changed those files since. */
  async #revert(fleet: Fleet, names: readonly string[], reasons: ReadonlyMap<string, string>): Promise<void> {
    const { root, journal, tree, log } = this.#context;
    const changes: Change[] = [];
    const ships = new Map<string, Host["ship"]>();
    for (const name of names) {
      const host = fleet.hosts.find((one) => one.name === name);
      const { commit } = hostState(journal.state, name);
      if (host === undefined || commit === undefined) continue;
      const path = configurationOf(host);
      const [now, moved, before] = await Promise.all([
        readText(root, path),
        tree.textAt(commit, path),
        tree.textAt(`${commit}^`, path),
      ]);
      if (now === undefined || before === undefined || now !== moved || before === moved) {
        log(
          `${path} has changed since ${name} was moved, or was not moved by that commit: take its import out by hand`,
        );
        continue;
      }
      changes.push({ path, before: now, after: before });
      if (host.ship === "alloy" && name !== fleet.canary) ships.set(name, "promtail");
    }
    const manifest = (await readText(root, MANIFEST)) ?? "";
    const text = withShips(MANIFEST, manifest, ships);
    if (text !== manifest) changes.push({ path: MANIFEST, before: manifest, after: text });
    const wave = hostState(journal.state, names[0] ?? "").wave ?? 0;
    const about: About = { step: "revert", wave, hosts: names };
    await this.#commit(about, { changes, removed: [] }, revertMessage(names, reasons));
  }

  async #retire(): Promise<void> {
    const { root, tree, outside } = this.#context;
    const { fleet } = await loadFleet(root);
    const about: About = { step: "retire", wave: fleet.waves.length, hosts: [fleet.canary ?? "fleet"] };
    let retirement: Retirement;
    try {
      const checkout = await this.#checkOut(await tree.head());
      retirement = await retireModule({ root, checkout, fleet, tree, gate: (at) => outside.gate(at) });
    } catch (caught) {
      throw this.#failed(about, caught);
    }
    await this.#commit(about, retirement, retirement.message);
  }

  async #checkOut(commit: string): Promise<string> {
    const { root, tree } = this.#context;
    return tree.checkOut(commit, statePath(root, CHECKOUT));
  }

  /** Commits a change under the id of the record that says so; without any change, HEAD is the commit. */
  async #commit(about: About, change: ChangeSet, message: string): Promise<void> {
    const { tree } = this.#context;
    const empty = change.changes.length === 0 && change.removed.length === 0;
    await this.#step({ ...about, ...(empty ? {} : { files: digests(change) }) }, async (begun) => {
      try {
        return { commit: empty ? await tree.head() : await tree.commit(change, message, idOf(begun)) };
      } catch (caught) {
        if (!empty && !this.#context.signal.aborted) await tree.putBack(digests(change));
        throw caught;
      }
    });
  }

  /** A step between its two records; `work` gives what the second one adds. */
  async #step(about: About, work: (begun: JournalRecord) => Promise<Partial<Event>>): Promise<void> {
    const { journal } = this.#context;
    const begun = journal.append({ ...about, phase: "begun" });
    const { files: _, ...rest } = about;
    let found: Partial<Event>;
    try {
      found = await work(begun);
    } catch (caught) {
      throw this.#failed(rest, caught);
    }
    journal.append({ ...rest, ...found, phase: "done" });
  }

  /** Records a failure; an interruption, or a defect, is none. */
  #failed(about: About, caught: unknown): unknown {
    const { journal, signal } = this.#context;
    if (signal.aborted) return signal.reason;
    if (!(caught instanceof FleetError)) return caught;
    this.#diagnostics.push(...caught.diagnostics);
    const reason = caught.diagnostics.map(({ message }) => message).join("; ");
    journal.append({ ...about, phase: "failed", reason });
    return new StepFailed(reason, { cause: caught });
  }

  /** True when the work ended with a failure that is in the journal. */
  async #attempt(work: () => Promise<void>): Promise<boolean> {
    try {
      await work();
      return false;
    } catch (caught) {
      if (caught instanceof StepFailed) return true;
      throw caught;
    }
  }
}

/** The file that has a host's imports. */
function configurationOf({ entry, directory }: Host): string {
  return entry.kind === "configuration" ? entry.file : `${directory}/configuration.nix`;
}

function idOf({ run, seq }: JournalRecord): string {
  return `${run}/${seq}`;
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

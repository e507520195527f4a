import { error, FleetError } from "../diagnostics/index.ts";
import type { Host } from "../manifest/index.ts";
import type { Generation } from "./deploy/index.ts";
import type { About } from "./record.ts";
import type { Steps } from "./steps.ts";

/** What is done to one host. */
export class HostSteps {
  readonly #steps: Steps;

  constructor(steps: Steps) {
    this.#steps = steps;
  }

  /** Deploys a commit, unless the host shows that a run which was killed has done so. */
  async deploy(host: Host, order: { wave: number; commit: string; checkout: string }): Promise<void> {
    const { journal, outside } = this.#steps.context;
    const { deployer } = outside;
    const { wave, commit, checkout } = order;
    const about: About = { step: "deploy", wave, hosts: [host.name] };
    const known = this.#steps.stateOf(host.name);
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
    await this.#steps.run({ ...about, commit, previous }, async () => {
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

  /** Makes sure that the host still runs what was deployed, and that its logs are in Loki. */
  async verify(host: Host, wave: number): Promise<void> {
    const { outside } = this.#steps.context;
    const { deployment, since } = this.#steps.stateOf(host.name);
    await this.#steps.run({ step: "verify", wave, hosts: [host.name] }, async () => {
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

  /** Takes the host back to what it ran before. */
  async rollBack(host: Host, order: { wave: number; commit: string; checkout: string }): Promise<void> {
    const { outside } = this.#steps.context;
    const { deployer } = outside;
    const { wave, commit, checkout } = order;
    const { deployment } = this.#steps.stateOf(host.name);
    const previous = deployment?.previous ?? "";
    await this.#steps.run({ step: "rollback", wave, hosts: [host.name], previous }, async () => {
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

  /** What the host runs; that it does not answer is a failure of the step that asks. */
  async #identify(host: Host, about: About): Promise<Generation> {
    try {
      return await this.#steps.context.outside.deployer.identify(host);
    } catch (caught) {
      throw this.#steps.fail(about, caught);
    }
  }
}

import { setTimeout } from "node:timers/promises";
import { error, FleetError } from "../../diagnostics/index.ts";
import type { Deploy, Host } from "../../manifest/index.ts";
import type { DeployContext, Deployer, Generation, Order } from "./deployer.ts";
import type { SshHosts } from "./ssh-hosts.ts";
import { requireTool } from "./tool.ts";

/** Milliseconds between two looks at a host that is waited for. */
const INTERVAL = 5_000;

/** Hosts that fetch their configuration (comin and its like): pushes the commit, and waits until the host runs it. */
export class GitPull implements Deployer {
  readonly name = "git-pull";
  readonly pulls = true;
  readonly #deploy: Deploy;
  readonly #context: DeployContext;
  readonly #hosts: SshHosts;
  readonly #branch: string;
  /** Hosts of a wave are deployed at once, and one push is enough for all. */
  readonly #pushes = new Map<string, Promise<string>>();

  /** @param branch the branch that the hosts follow */
  constructor(deploy: Deploy, context: DeployContext, hosts: SshHosts, branch: string) {
    this.#deploy = deploy;
    this.#context = context;
    this.#hosts = hosts;
    this.#branch = branch;
  }

  identify(host: Host): Promise<Generation> {
    return this.#hosts.identify(host);
  }

  async deploy({ host, commit, previous }: Order): Promise<void> {
    await this.#push(commit);
    await this.#waitForOther(host, previous);
    await this.#hosts.requireHealth(host);
  }

  async rollback({ host, commit, previous }: Order): Promise<void> {
    const found = await this.#hosts.identify(host);
    await this.#push(commit);
    if (found.system !== previous) await this.#waitForOther(host, found.system);
  }

  #push(commit: string): Promise<string> {
    const begun = this.#pushes.get(commit);
    if (begun !== undefined) return begun;
    const { remote } = this.#deploy.git;
    const push = requireTool(
      "rollout/deploy-failed",
      "git",
      ["push", "--quiet", remote, `${commit}:refs/heads/${this.#branch}`],
      { context: this.#context, host: remote, cwd: this.#context.root, timeout: this.#deploy.timeout },
    );
    this.#pushes.set(commit, push);
    return push;
  }

  /** Waits until the host runs, and would boot, another system than `system`. */
  async #waitForOther(host: Host, system: string): Promise<void> {
    const deadline = Date.now() + this.#deploy.timeout;
    let seen = "";
    while (Date.now() < deadline) {
      // A host that is being switched may be out of reach for a moment.
      const found = await this.#hosts.identify(host).catch((caught: unknown) => {
        this.#context.signal.throwIfAborted();
        if (!(caught instanceof FleetError)) throw caught;
        seen = caught.message;
        return undefined;
      });
      if (found?.settled === true && found.system !== system) return;
      if (found !== undefined) seen = `it runs ${found.system}`;
      await setTimeout(Math.min(INTERVAL, this.#deploy.timeout), undefined, { signal: this.#context.signal });
    }
    const seconds = this.#deploy.timeout / 1000;
    throw new FleetError(
      error("rollout/old-generation", `${host.name} did not fetch the commit within ${seconds} s: ${seen}`, {
        hint: `look at its deployer, and at what ${this.#deploy.git.remote} has on ${this.#branch}`,
      }),
      1,
    );
  }
}

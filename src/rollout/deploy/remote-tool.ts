import type { Deploy, Host } from "../../manifest/index.ts";
import type { DeployContext, Deployer, Generation, Order } from "./deployer.ts";
import type { SshHosts } from "./ssh-hosts.ts";
import { requireTool } from "./tool.ts";

/** A deployer of its own configuration (a hive, a flake's `deploy`), which is run in the checkout for one host. */
export class RemoteTool implements Deployer {
  readonly name: string;
  readonly pulls = false;
  readonly #command: (node: string) => readonly [program: string, ...args: string[]];
  readonly #deploy: Deploy;
  readonly #context: DeployContext;
  readonly #hosts: SshHosts;

  constructor(
    name: string,
    command: (node: string) => readonly [program: string, ...args: string[]],
    { deploy, context, hosts }: { deploy: Deploy; context: DeployContext; hosts: SshHosts },
  ) {
    this.name = name;
    this.#command = command;
    this.#deploy = deploy;
    this.#context = context;
    this.#hosts = hosts;
  }

  identify(host: Host): Promise<Generation> {
    return this.#hosts.identify(host);
  }

  async deploy({ host, checkout }: Order): Promise<void> {
    const node = host.entry.kind === "flake" ? host.entry.attribute : host.name;
    const [program, ...args] = this.#command(node);
    await requireTool("rollout/deploy-failed", program, args, {
      context: this.#context,
      host: host.name,
      cwd: checkout,
      timeout: this.#deploy.timeout,
    });
    await this.#hosts.requireHealth(host);
  }

  rollback({ host, previous }: Order): Promise<void> {
    return this.#hosts.switchTo(host, previous);
  }
}

/** colmena, with the host as a node of the hive. */
export const colmena = (node: string): [string, ...string[]] => ["colmena", "apply", "switch", "--on", node];

/**
 * deploy-rs, with the host as a node of the flake. Its checks evaluate every node, and the gate has done that; its own
 * way back, when the host cannot be reached any more, stays on.
 */
export const deployRs = (node: string): [string, ...string[]] => ["deploy", "--skip-checks", `.#${node}`];

import { mkdtemp, readlink, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { error, FleetError } from "../../diagnostics/index.ts";
import type { Deploy, Host } from "../../manifest/index.ts";
import { channelModules, findEvaluators, findNix, nixEnvironment, nixString } from "../../nix/index.ts";
import type { DeployContext, Deployer, Generation, Order } from "./deployer.ts";
import type { SshHosts } from "./ssh-hosts.ts";
import { requireTool } from "./tool.ts";

/**
 * nixos-rebuild from this machine: activates the configuration without making it the one that boots, looks whether the
 * host can still be reached over a new connection and is well, and only then lets it boot. A host that the new
 * configuration cuts off comes back by a reboot.
 */
export class NixosRebuild implements Deployer {
  readonly name = "nixos-rebuild";
  readonly pulls = false;
  readonly #deploy: Deploy;
  readonly #context: DeployContext;
  readonly #hosts: SshHosts;

  constructor(deploy: Deploy, context: DeployContext, hosts: SshHosts) {
    this.#deploy = deploy;
    this.#context = context;
    this.#hosts = hosts;
  }

  identify(host: Host): Promise<Generation> {
    return this.#hosts.identify(host);
  }

  expect(order: Order): Promise<string> {
    return this.#withSource(order, (source, scratch) => this.#build(order.host, source, scratch));
  }

  async deploy(order: Order): Promise<void> {
    const { host } = order;
    await this.#withSource(order, async (source, scratch) => {
      const wanted = await this.#build(host, source, scratch);
      await this.#rebuild(host, ["test", ...source, ...this.#remote(host)], scratch);
      const { system } = await this.#hosts.identify(host);
      if (system !== wanted) {
        const message = `nixos-rebuild test reported success, and ${host.name} runs ${system} in place of ${wanted}`;
        throw new FleetError(error("rollout/old-generation", message), 1);
      }
      await this.#hosts.requireHealth(host);
      await this.#rebuild(host, ["boot", ...source, ...this.#remote(host)], scratch);
    });
  }

  rollback({ host, previous }: Order): Promise<void> {
    return this.#hosts.switchTo(host, previous);
  }

  #remote(host: Host): string[] {
    const sudo = this.#hosts.needsSudo(host) ? ["--use-remote-sudo"] : [];
    return ["--target-host", this.#hosts.target(host), ...sudo];
  }

  /** The store path of the host's system. */
  async #build(host: Host, source: readonly string[], scratch: string): Promise<string> {
    await this.#rebuild(host, ["build", ...source], scratch);
    // Every nixos-rebuild leaves this link; not every one prints where it leads.
    return readlink(join(scratch, "result"));
  }

  #rebuild(host: Host, args: readonly string[], cwd: string): Promise<string> {
    return requireTool("rollout/deploy-failed", "nixos-rebuild", args, {
      context: this.#context,
      host: host.name,
      cwd,
      timeout: this.#deploy.timeout,
    });
  }

  /** Gives `work` the arguments that name the host's configuration, and a directory of its own. */
  async #withSource<T>(
    { host, checkout }: Order,
    work: (source: readonly string[], scratch: string) => Promise<T>,
  ): Promise<T> {
    const scratch = await mkdtemp(join(tmpdir(), "fleet-deploy-"));
    try {
      const { entry } = host;
      if (entry.kind === "flake") {
        const flake = entry.flake.includes(":") ? entry.flake : join(checkout, entry.flake);
        return await work(["--flake", `${flake}#${entry.attribute}`], scratch);
      }
      const wrapper = join(scratch, "configuration.nix");
      await writeFile(wrapper, wrapperText(host, join(checkout, entry.file), checkout));
      const nixpkgs = await this.#nixpkgs(host, checkout);
      const search = nixpkgs === undefined ? [] : ["-I", `nixpkgs=${nixpkgs}`];
      return await work([...search, "-I", `nixos-config=${wrapper}`], scratch);
    } finally {
      await rm(scratch, { recursive: true, force: true });
    }
  }

  /** Path of the nixpkgs that the host's channel names; undefined for the one of this machine. */
  async #nixpkgs({ channel }: Host, checkout: string): Promise<string | undefined> {
    if (channel.nixpkgs === undefined) return undefined;
    const { env, signal, log } = this.#context;
    const nix = await findNix({ env, tools: {}, cwd: checkout, log, signal });
    const evaluation = { env: nixEnvironment(env), settings: [], signal };
    const evaluator = (await findEvaluators([channel], nix, checkout, evaluation)).get(channel.name);
    if (evaluator?.kind === "nixpkgs") return evaluator.path;
    const message = `channel ${channel.name} has no nixpkgs to build from: ${evaluator?.reason ?? ""}`;
    throw new FleetError(
      error("rollout/deploy-failed", message, { hint: "nixos-rebuild needs a real nixpkgs" }),
    );
  }
}

/** The host's configuration with the modules that its channel adds, as the gate evaluates it. */
function wrapperText({ channel }: Host, configuration: string, checkout: string): string {
  const modules = channelModules(channel, checkout).map((module) =>
    module.startsWith("/") ? `(/. + ${nixString(module)})` : module,
  );
  return `{ imports = [ (/. + ${nixString(configuration)}) ${modules.join(" ")} ]; }\n`;
}

import { error, FleetError } from "../../diagnostics/index.ts";
import type { Deploy, DeployCommands, Host } from "../../manifest/index.ts";
import { fill, type DeployContext, type Deployer, type Generation, type Order } from "./deployer.ts";
import { requireTool } from "./tool.ts";

/** Milliseconds that `identify` may take. */
const QUESTION = 60_000;

/** The manifest's own command lines. Values go into arguments and the environment; no shell reads them. */
export class CommandDeployer implements Deployer {
  readonly name = "command";
  readonly pulls = false;
  readonly #deploy: Deploy;
  readonly #commands: DeployCommands;
  readonly #context: DeployContext;

  constructor(deploy: Deploy, commands: DeployCommands, context: DeployContext) {
    this.#deploy = deploy;
    this.#commands = commands;
    this.#context = context;
  }

  async identify(host: Host): Promise<Generation> {
    const out = await this.#run(host, this.#commands.identify, {}, this.#context.root, {
      code: "rollout/unreachable",
      timeout: Math.min(this.#deploy.timeout, QUESTION),
    });
    const [system, more] = out.trim().split("\n");
    if (system !== undefined && system !== "" && more === undefined) return { system, settled: true };
    const message = `${host.name}: rollout.deploy.command.identify is to print one line, and printed ${JSON.stringify(out.slice(0, 200))}`;
    throw new FleetError(error("rollout/unreachable", message), 1);
  }

  async deploy({ host, commit, previous, checkout }: Order): Promise<void> {
    await this.#run(host, this.#commands.deploy, { commit, previous }, checkout, {
      code: "rollout/deploy-failed",
      timeout: this.#deploy.timeout,
    });
  }

  async rollback({ host, commit, previous, checkout }: Order): Promise<void> {
    await this.#run(host, this.#commands.rollback, { commit, previous }, checkout, {
      code: "rollout/rollback-failed",
      timeout: this.#deploy.timeout,
    });
  }

  #run(
    host: Host,
    template: readonly string[],
    given: Readonly<Record<string, string>>,
    cwd: string,
    { code, timeout }: { code: Parameters<typeof requireTool>[0]; timeout: number },
  ): Promise<string> {
    const target = fill(this.#deploy.target, { host: host.name });
    const values = { host: host.name, target, ...given };
    const [program = "", ...args] = template.map((word) => fill(word, values));
    const variables = Object.entries(values).map(([name, value]) => [`FLEET_${name.toUpperCase()}`, value]);
    const env = Object.fromEntries(variables) as Record<string, string>;
    return requireTool(code, program, args, { context: this.#context, host: host.name, cwd, timeout, env });
  }
}

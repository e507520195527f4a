import { error, FleetError } from "../../diagnostics/index.ts";
import type { Deploy, Host } from "../../manifest/index.ts";
import type { RunResult } from "../../process/index.ts";
import { fill, type DeployContext, type Generation } from "./deployer.ts";
import { runTool } from "./tool.ts";

/** A connection that is shared with another would answer where a new one could not be made. */
const OPTIONS = [
  ...["-o", "BatchMode=yes"],
  ...["-o", "ConnectTimeout=10"],
  ...["-o", "ServerAliveInterval=5"],
  ...["-o", "ServerAliveCountMax=3"],
  ...["-o", "ControlMaster=no"],
  ...["-o", "ControlPath=none"],
];

/** Milliseconds that a short question over ssh may take. */
const QUESTION = 60_000;

const PROFILE = "/nix/var/nix/profiles/system";

/** NixOS hosts over ssh, by a new connection for each question. */
export class SshHosts {
  readonly #deploy: Deploy;
  readonly #context: DeployContext;

  constructor(deploy: Deploy, context: DeployContext) {
    this.#deploy = deploy;
    this.#context = context;
  }

  target({ name }: Host): string {
    return fill(this.#deploy.target, { host: name });
  }

  /** True where the destination's user is not root. */
  needsSudo(host: Host): boolean {
    return !this.target(host).startsWith("root@");
  }

  /**
   * The system that runs, which is settled when it is also the one that the next boot runs.
   *
   * @throws FleetError `rollout/unreachable`
   */
  async identify(host: Host): Promise<Generation> {
    const { exitCode, stdout, stderr } = await this.#run(host, [
      "readlink",
      "-f",
      "/run/current-system",
      PROFILE,
    ]);
    const [current, booted] = stdout.trim().split("\n");
    if (exitCode === 0 && current !== undefined && STORE_PATH.test(current))
      return { system: current, settled: current === booted };
    const said = stderr.trim() || `readlink printed ${JSON.stringify(stdout.slice(0, 200))}`;
    const hint = `ssh ${this.target(host)} readlink -f /run/current-system`;
    throw new FleetError(
      error("rollout/unreachable", `${host.name} does not say what it runs: ${said}`, { hint }),
      1,
    );
  }

  /**
   * Runs the health check of the manifest on the host.
   *
   * @throws FleetError `rollout/unhealthy`
   */
  async requireHealth(host: Host): Promise<void> {
    const command = this.#deploy.health.map((word) => fill(word, { host: host.name }));
    const { exitCode, stderr } = await this.#run(host, command);
    if (exitCode === 0) return;
    const message = `${host.name} is not well: \`${command.join(" ")}\` ended with code ${exitCode}: ${stderr.trim()}`;
    throw new FleetError(error("rollout/unhealthy", message), 1);
  }

  /**
   * Makes the host run an earlier system, and boot it.
   *
   * @throws FleetError `rollout/rollback-failed`
   */
  async switchTo(host: Host, system: string): Promise<void> {
    // It came from the host, and goes into a command line that a shell reads there.
    if (!STORE_PATH.test(system)) {
      const message = `${host.name}: ${JSON.stringify(system)} is no store path`;
      throw new FleetError(error("rollout/rollback-failed", message), 1);
    }
    const sudo = this.needsSudo(host) ? ["sudo", "-n"] : [];
    for (const command of [
      ["nix-env", "--profile", PROFILE, "--set", system],
      [`${system}/bin/switch-to-configuration`, "switch"],
    ]) {
      const { exitCode, stderr } = await this.#run(host, [...sudo, ...command], this.#deploy.timeout);
      if (exitCode === 0) continue;
      const message = `${host.name}: \`${command.join(" ")}\` ended with code ${exitCode}: ${stderr.trim()}`;
      const hint = `log in to ${this.target(host)} and run nixos-rebuild switch --rollback, or boot an older generation`;
      throw new FleetError(error("rollout/rollback-failed", message, { hint }), 1);
    }
  }

  async #run(host: Host, command: readonly string[], timeout = QUESTION): Promise<RunResult> {
    return runTool("ssh", [...OPTIONS, "--", this.target(host), command.map(quoted).join(" ")], {
      context: { ...this.#context, log: () => undefined },
      host: host.name,
      cwd: this.#context.root,
      timeout,
    });
  }
}

const STORE_PATH = /^\/nix\/store\/[0-9a-z]{32}-[A-Za-z0-9+._?=-]+$/;

/** One word of the shell that ssh runs at the other end. */
function quoted(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

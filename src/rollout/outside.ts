import { realpathSync } from "node:fs";
import { resolve } from "node:path";
import { FleetError, hasErrors, type Diagnostic } from "../diagnostics/index.ts";
import { gate, type GateOptions } from "../gate/index.ts";
import type { Channel, Fleet, Host } from "../manifest/index.ts";
import { prepareGeneration, readPipeline } from "../migrate/index.ts";
import { loadFleet, type Change } from "../repository/index.ts";
import { checkSecrets } from "../secrets/index.ts";
import type { Deployer } from "./deploy/index.ts";

/** What a rollout asks of the world. Tests give one of their own. */
export interface Outside {
  /**
   * The files that make hosts ship with Alloy, as far as the tree at `root` does not have them.
   *
   * @throws FleetError when they cannot be made, or a host's secret is not there.
   */
  generate(root: string, fleet: Fleet, hosts: readonly Host[]): Promise<Change[]>;
  /**
   * Evaluates every host of the tree at `root`.
   *
   * @returns a sentence about the outcome
   * @throws FleetError when a host fails.
   */
  gate(root: string): Promise<string>;
  deployer: Deployer;
  verifyHost: VerifyHost;
  now: () => Date;
}

/** Whether a host's logs are in Loki as they should be. */
export interface Verification {
  ok: boolean;
  /** What was found, in a sentence. */
  summary: string;
}

/**
 * Looks, for as long as the manifest's `rollout.verify.within`, whether a host's logs are in Loki as they should be.
 *
 * @param deployed when the host got its present configuration
 * @throws FleetError when that cannot be found out: Loki is down, or refuses.
 */
export type VerifyHost = (host: Host, deployed: Date) => Promise<Verification>;

export interface OutsideOptions {
  /** The repository. */
  root: string;
  env: Readonly<Record<string, string | undefined>>;
  /** How the gate is run, its cache above all. */
  gateOptions: GateOptions;
  log: (line: string) => void;
  signal: AbortSignal;
  deployer: Deployer;
  verifyHost: VerifyHost;
}

/** The world as it is: Nix, the gate, the deployer. */
export function realOutside(options: OutsideOptions): Outside {
  const { root: repository, env, log, signal, gateOptions, deployer, verifyHost } = options;
  return {
    async generate(root, fleet, hosts) {
      const moved = fleet.hosts.filter(({ ship }) => ship === "alloy");
      const source = await readPipeline({ root, env, log, signal }, fleet, moved);
      const [generation, secrets] = await Promise.all([
        prepareGeneration(root, fleet, hosts, source),
        checkSecrets(root, fleet, hosts),
      ]);
      failOn([...generation.diagnostics, ...secrets.diagnostics]);
      return generation.changes;
    },
    async gate(root) {
      const { fleet } = await loadFleet(root);
      const report = await gate(anchored(fleet, repository), root, gateOptions);
      const { pass, fail, unverified } = report.summary;
      failOn(
        report.hosts.filter(({ verdict }) => verdict === "fail").flatMap(({ diagnostics }) => diagnostics),
      );
      return `${pass} pass, ${fail} fail, ${unverified} unverified`;
    },
    deployer,
    verifyHost,
    now: () => new Date(),
  };
}

function failOn(diagnostics: readonly Diagnostic[]): void {
  if (hasErrors(diagnostics))
    throw new FleetError(
      diagnostics.filter(({ severity }) => severity === "error"),
      1,
    );
}

/** The fleet with each nixpkgs that is named by a relative path taken from the repository, as a checkout may not have it. */
function anchored(fleet: Fleet, repository: string): Fleet {
  const anchor = (channel: Channel): Channel =>
    channel.nixpkgs !== undefined && /^\.{1,2}(\/|$)/.test(channel.nixpkgs)
      ? { ...channel, nixpkgs: resolve(realpathSync(repository), channel.nixpkgs) }
      : channel;
  const channels = new Map([...fleet.channels].map(([name, channel]) => [name, anchor(channel)]));
  return {
    ...fleet,
    channels,
    hosts: fleet.hosts.map((host) => ({ ...host, channel: anchor(host.channel) })),
  };
}

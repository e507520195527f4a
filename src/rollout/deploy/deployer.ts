import type { Host } from "../../manifest/index.ts";

/** What a host runs. */
export interface Generation {
  /** Tells one configuration from another: the store path of the system, or what `identify` printed. */
  system: string;
  /** False while the host would run something else after a reboot: a deployment that is half done. */
  settled: boolean;
}

/** A deployment, or the way back from one. */
export interface Order {
  host: Host;
  commit: string;
  /** Absolute path of a checkout of the commit, the directory in it that stands for the repository's root. */
  checkout: string;
  /** What the host ran before the deployment. */
  previous: string;
}

/**
 * A tool that brings configurations to hosts. Every action may be asked for again after a kill, and then ends in the
 * same state. What a tool claims is not believed: the rollout asks `identify` before and after.
 */
export interface Deployer {
  /** As `rollout.deploy.adapter` has it. */
  readonly name: string;
  /** True where hosts fetch what is pushed, so that the way back is a commit too. */
  readonly pulls: boolean;
  /** @throws FleetError `rollout/unreachable` or what the program said. */
  identify(host: Host): Promise<Generation>;
  /**
   * What the host runs once the commit is deployed, where the tool can say so beforehand.
   *
   * @throws FleetError when it cannot be built
   */
  expect?(order: Order): Promise<string>;
  /** @throws FleetError `rollout/deploy-failed`, `rollout/unhealthy`, `rollout/old-generation`, `process/timeout`. */
  deploy(order: Order): Promise<void>;
  /** Brings `previous` back; with `pulls`, `commit` is the one that took the import out again. */
  rollback(order: Order): Promise<void>;
}

/** What deployers are given of the outside. */
export interface DeployContext {
  /** The repository. */
  root: string;
  env: Readonly<Record<string, string | undefined>>;
  /** Told what the tools print. */
  log: (line: string) => void;
  signal: AbortSignal;
}

/** Fills in what stands in braces; each text stays one text, whatever the values hold. */
export function fill(template: string, values: Readonly<Record<string, string>>): string {
  return template.replaceAll(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole);
}

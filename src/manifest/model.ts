/** The manifest after checking: defaults filled in, names resolved. Paths are relative to the repository's root. */
export interface Fleet {
  /** Path of the manifest, usually `fleet.yaml`. */
  file: string;
  layout: Layout;
  loki: LokiTarget;
  channels: ReadonlyMap<string, Channel>;
  hosts: readonly Host[];
  /** Name of the canary host, when the manifest has one. */
  canary: string | undefined;
  /** The remaining hosts in the order in which they follow the canary. */
  waves: readonly (readonly string[])[];
  rollout: Rollout;
  clusters: readonly Cluster[];
  /** Explicit programs, by name: `loki`, `alloy`, `nix`, ... */
  tools: Readonly<Record<string, string>>;
}

export interface Layout {
  /** Directory of the shared NixOS modules: `modules`. */
  modules: string;
  /** Directory with one directory a host: `hosts`. */
  hosts: string;
  /** Name of the link in each host's directory through which it imports modules: `utils`. */
  link: string;
}

export interface LokiTarget {
  url: string;
  username: string | undefined;
  credential: { env: string; sops: { secret: string; file: string } };
}

export interface Channel {
  /** The NixOS release: "25.11". */
  name: string;
  /** A path, a flake reference or a NIX_PATH name; undefined: the embedded option surface. */
  nixpkgs: string | undefined;
  /** NixOS modules that every host of the channel is evaluated with besides its own, such as sops-nix. */
  modules: readonly string[];
  /** The Alloy version of the channel, when said. */
  alloy: string | undefined;
}

export interface Rollout {
  deploy: { adapter: DeployAdapter };
  /** `within`: milliseconds that a deployed host has until its logs are in Loki. */
  verify: { within: number };
}

export type DeployAdapter = "nixos-rebuild" | "colmena" | "deploy-rs" | "git-pull" | "command";

/** A Kubernetes cluster and what it runs. */
export interface Cluster {
  name: string;
  modules: readonly ClusterModule[];
  remotes: { prometheus: ReadonlyMap<string, Remote>; loki: ReadonlyMap<string, Remote> };
  vault: { address: string; mount: string } | undefined;
}

export type ClusterModule =
  "core" | "agent-metrics" | "node-exporter" | "kubelet" | "syslog" | "pod-logs" | "block-node";

export interface Remote {
  url: string;
  username: string | undefined;
}

export interface Host {
  name: string;
  channel: Channel;
  ship: "alloy" | "promtail" | "none";
  /** The promtail module whose pipeline this host's Alloy takes over: `modules/promtail`. */
  promtail: string | undefined;
  /** `hosts/nas` */
  directory: string;
  /** What the gate evaluates. */
  entry: HostEntry;
  /** `hosts/nas/secrets.yaml` */
  secrets: string;
  /** The age recipient of the host, when the manifest names one (else .sops.yaml says). */
  recipient: string | undefined;
}

export type HostEntry =
  | { kind: "configuration"; file: string }
  /** `nixosConfigurations.<attribute>` of the flake in this directory. */
  | { kind: "flake"; flake: string; attribute: string };

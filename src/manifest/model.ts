import type { RuleLevel, RuleName } from "./rules.ts";

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
  rules: Readonly<Record<RuleName, RuleLevel>>;
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
  /** Directory with one directory a cluster: `clusters`. */
  clusters: string;
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
  deploy: Deploy;
  verify: {
    /** Milliseconds that a deployed host has until its logs are in Loki. */
    within: number;
    /** Milliseconds that the canary has to be verified before the first wave begins. */
    soak: number;
  };
}

/** How hosts are deployed. In its texts `{host}` and the like stand for what differs from host to host. */
export interface Deploy {
  adapter: DeployAdapter;
  /** How many hosts at once. */
  parallel: number;
  /** Milliseconds that the deployment of one host may take. */
  timeout: number;
  /** An ssh destination: `root@{host}`. */
  target: string;
  /** A command that succeeds on a host that is well. */
  health: readonly string[];
  git: { remote: string; branch: string | undefined };
  /** Present for the adapter `command`. */
  command: DeployCommands | undefined;
}

/** Command lines; no shell reads them. */
export interface DeployCommands {
  deploy: readonly string[];
  /** Prints one line that says what the host runs. */
  identify: readonly string[];
  rollback: readonly string[];
}

export type DeployAdapter = "nixos-rebuild" | "colmena" | "deploy-rs" | "git-pull" | "command";

/** A Kubernetes cluster and what it runs. */
export interface Cluster {
  name: string;
  modules: readonly ClusterModule[];
  /** The namespace that all of it lives in. */
  namespace: string;
  output: ClusterOutput;
  image: string;
  /** The Alloy version; undefined: the one that fleet is exact about. */
  version: string | undefined;
  /** Limits of each Alloy pod, as Kubernetes quantities. */
  resources: { cpu: string; memory: string };
  /** Take the container runtime's prefix off pod log lines. */
  cri: boolean;
  /** Labels of everything that is sent. */
  labels: Readonly<Record<string, string>>;
  environment: string | undefined;
  nodeExporter: { deploy: boolean; image: string };
  blockNode: { namespace: string; selector: Readonly<Record<string, string>>; port: string };
  remotes: Readonly<Record<RemoteKind, ReadonlyMap<string, Remote>>>;
  secrets: ClusterSecrets;
  argocd: { namespace: string; project: string; chart: string };
}

export type ClusterModule =
  "core" | "agent-metrics" | "node-exporter" | "kubelet" | "syslog" | "pod-logs" | "block-node";

/** Plain manifests, or values for the grafana/alloy chart and an ArgoCD Application. */
export type ClusterOutput = "manifests" | "helm-argocd";

export type RemoteKind = "prometheus" | "loki";

export interface Remote {
  url: string;
  username: string | undefined;
  labelProfile: LabelProfile;
}

/** Which labels everything that is sent to a remote gets. */
export type LabelProfile = "eng" | "ops" | "none";

export interface ClusterSecrets {
  /** Name of the ClusterSecretStore. */
  store: string;
  /** Where in Vault passwords are: `grafana/alloy`. */
  path: string;
  /** A duration as Kubernetes writes it: `1h`. */
  refresh: string;
  /** Undefined: the ClusterSecretStore is there already. */
  vault: Vault | undefined;
}

export interface Vault {
  server: string;
  /** Mount of the KV engine, version 2. */
  mount: string;
  auth: VaultAuth;
}

export type VaultAuth =
  | { kind: "userPass"; path: string; username: string; password: SecretKey }
  | { kind: "token"; token: SecretKey }
  | {
      kind: "kubernetes";
      path: string;
      role: string;
      serviceAccount: { name: string; namespace: string } | undefined;
    };

/** A key of a Kubernetes Secret. */
export interface SecretKey {
  name: string;
  namespace: string;
  key: string;
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

import { call, sanitizeIdentifier, type Value } from "../../alloy/index.ts";
import type { Cluster, Remote, RemoteKind } from "../../manifest/index.ts";
import { uniqueNames } from "./names.ts";

/** A remote with the names that its component, its password and its labels have. */
export interface NamedRemote extends Remote {
  kind: RemoteKind;
  name: string;
  /** Label of its Alloy component. */
  label: string;
  /** Undefined for a remote without a user name, which nothing is authenticated for. */
  password: PasswordSource | undefined;
  /** Labels of everything that is sent there. */
  labels: ReadonlyMap<string, Value>;
}

/** Where a remote's password comes from, and how it reaches Alloy. */
export interface PasswordSource {
  kind: RemoteKind;
  remote: string;
  /** Environment variable of the Alloy container, and key of the Kubernetes Secret. */
  variable: string;
  /** Path below the mount of Vault's KV engine: `grafana/alloy/vm-cluster/loki/primary`. */
  vaultKey: string;
  property: "password";
}

/** The Kubernetes Secret that External Secrets makes, with every password. */
export const PASSWORD_SECRET = "grafana-alloy-secrets";

/** Environment variable with the node's address, for the label profile ops. */
export const HOST_IP = "HOST_IP";

/** The remotes of a kind, by name. Their order in the manifest means nothing, so it does not show. */
export function namedRemotes(cluster: Cluster, kind: RemoteKind): NamedRemote[] {
  const remotes = cluster.remotes[kind];
  const names = [...remotes.keys()].sort();
  const labels = uniqueNames(names, sanitizeIdentifier);
  const variables = uniqueNames(names, variableOf(kind));
  return names.flatMap((name) => {
    const remote = remotes.get(name);
    if (remote === undefined) return [];
    const source: PasswordSource = {
      kind,
      remote: name,
      variable: variables.get(name) ?? "",
      vaultKey: `${cluster.secrets.path}/${cluster.name}/${kind}/${name}`,
      property: "password",
    };
    return {
      ...remote,
      kind,
      name,
      label: labels.get(name) ?? "",
      password: remote.username === undefined ? undefined : source,
      labels: remoteLabels(cluster, remote),
    };
  });
}

function variableOf(kind: RemoteKind): (name: string) => string {
  return (name) => `${kind}_password_${name}`.replaceAll("-", "_").toUpperCase();
}

/**
 * The labels of a profile. `ops` is what inventories want: `instance_type` is the letters that the cluster's name
 * begins with, `lfh` of `lfh02-previewnet`.
 */
function remoteLabels(cluster: Cluster, { labelProfile }: Remote): ReadonlyMap<string, Value> {
  if (labelProfile === "none") return new Map();
  const labels = new Map<string, Value>([["cluster", cluster.name]]);
  if (labelProfile === "ops") {
    labels.set("inventory_name", cluster.name);
    const type = /^[a-z]+/.exec(cluster.name)?.[0];
    if (type !== undefined) labels.set("instance_type", type);
    if (cluster.environment !== undefined) labels.set("environment", cluster.environment);
    labels.set("ip", call("sys.env", HOST_IP));
  }
  for (const [name, value] of Object.entries(cluster.labels)) labels.set(name, value);
  return labels;
}

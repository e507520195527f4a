import { clusterSchema, kubernetesName, type ClusterSettings } from "./cluster-schema.ts";
import type { Cluster, Remote, Vault, VaultAuth } from "./model.ts";

/** The model of one entry of `clusters`. */
export function resolveCluster(name: string, settings: ClusterSettings): Cluster {
  const { remotes, secrets, version, environment, ...rest } = settings;
  return {
    ...rest,
    name,
    version,
    environment,
    remotes: { prometheus: named(remotes.prometheus), loki: named(remotes.loki) },
    secrets: { ...secrets, vault: secrets.vault === undefined ? undefined : resolveVault(secrets.vault) },
  };
}

/**
 * A cluster that no manifest says anything about: the modules that are always on, and no remotes. Undefined for a name
 * that Kubernetes does not take.
 */
export function defaultCluster(name: string): Cluster | undefined {
  return kubernetesName.safeParse(name).success ? resolveCluster(name, clusterSchema.parse({})) : undefined;
}

function named(remotes: ClusterSettings["remotes"]["loki"]): ReadonlyMap<string, Remote> {
  return new Map(
    Object.entries(remotes).map(([name, { url, username, labelProfile }]) => [
      name,
      { url, username, labelProfile },
    ]),
  );
}

function resolveVault({ server, mount, auth }: NonNullable<ClusterSettings["secrets"]["vault"]>): Vault {
  return { server, mount, auth: resolveAuth(auth) };
}

function resolveAuth({
  userPass,
  token,
  kubernetes,
}: NonNullable<ClusterSettings["secrets"]["vault"]>["auth"]): VaultAuth {
  if (userPass !== undefined) return { kind: "userPass", ...userPass };
  if (token !== undefined) return { kind: "token", token };
  if (kubernetes !== undefined)
    return { kind: "kubernetes", ...kubernetes, serviceAccount: kubernetes.serviceAccount };
  throw new TypeError("a Vault without a way to log in");
}

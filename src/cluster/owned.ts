import { ownerLabels, type KubernetesObject } from "../generate/index.ts";
import type { Cluster } from "../manifest/index.ts";
import { FIELD_MANAGER, type ApiClient, type LiveObject } from "./api/client.ts";

/** Every kind that fleet makes, in the order in which they are made. */
export const OWNED_KINDS: readonly Pick<KubernetesObject, "apiVersion" | "kind">[] = [
  { apiVersion: "v1", kind: "Namespace" },
  { apiVersion: "v1", kind: "ServiceAccount" },
  { apiVersion: "rbac.authorization.k8s.io/v1", kind: "ClusterRole" },
  { apiVersion: "rbac.authorization.k8s.io/v1", kind: "ClusterRoleBinding" },
  { apiVersion: "external-secrets.io/v1", kind: "ClusterSecretStore" },
  { apiVersion: "external-secrets.io/v1", kind: "ExternalSecret" },
  { apiVersion: "monitoring.coreos.com/v1", kind: "ServiceMonitor" },
  { apiVersion: "v1", kind: "ConfigMap" },
  { apiVersion: "v1", kind: "Service" },
  { apiVersion: "apps/v1", kind: "DaemonSet" },
  { apiVersion: "argoproj.io/v1alpha1", kind: "Application" },
];

/**
 * The objects that fleet applied for a cluster, of every kind that it makes, those made last first. The label alone is
 * not enough, as anyone may copy labels: fleet must be a manager of its fields too.
 */
export async function findOwned(client: ApiClient, cluster: Cluster): Promise<LiveObject[]> {
  const owned: LiveObject[] = [];
  for (const kind of OWNED_KINDS.toReversed()) {
    const resource = await client.resourceOf(kind);
    if (resource === undefined) continue;
    const labelled = await client.list(resource, { labels: ownerLabels(cluster) });
    owned.push(...labelled.filter(isApplied));
  }
  return owned;
}

function isApplied({ metadata }: LiveObject): boolean {
  return (metadata.managedFields ?? []).some(
    ({ manager, operation }) => manager === FIELD_MANAGER && operation === "Apply",
  );
}

import type { Cluster } from "../../../manifest/index.ts";
import type { KubernetesObject } from "../object.ts";

/** What the pod security admission has to allow: agents that read the node's files and network. */
export const POD_SECURITY = { "pod-security.kubernetes.io/enforce": "privileged" } as const;

/** The namespace that all of it lives in. */
export function namespace(cluster: Cluster): KubernetesObject {
  return {
    apiVersion: "v1",
    kind: "Namespace",
    metadata: { name: cluster.namespace, labels: POD_SECURITY },
  };
}

import type { Cluster } from "../../../manifest/index.ts";
import type { KubernetesObject } from "../object.ts";
import { ALLOY } from "./names.ts";

/** The labels by which all that fleet made for a cluster is found again. */
export function ownerLabels({ name }: Cluster): Record<string, string> {
  return { "app.kubernetes.io/managed-by": "fleet", "app.kubernetes.io/instance": name };
}

/** The labels of Alloy's pods. */
export function alloyLabels(cluster: Cluster): Record<string, string> {
  return { "app.kubernetes.io/name": ALLOY, "app.kubernetes.io/instance": cluster.name };
}

/** The object with the owner's labels besides its own. */
export function owned(cluster: Cluster, object: KubernetesObject): KubernetesObject {
  const { name, namespace, labels, ...rest } = object.metadata;
  const metadata = {
    name,
    ...(namespace === undefined ? {} : { namespace }),
    labels: { ...labels, ...ownerLabels(cluster), "app.kubernetes.io/part-of": "grafana-alloy" },
    ...rest,
  };
  return { ...object, metadata };
}

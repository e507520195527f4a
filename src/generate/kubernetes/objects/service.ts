import type { Cluster } from "../../../manifest/index.ts";
import type { KubernetesObject } from "../object.ts";
import { alloyLabels } from "./labels.ts";
import { ALLOY, HTTP_PORT } from "./names.ts";

/** The Service before Alloy's HTTP server. */
export function service(cluster: Cluster): KubernetesObject {
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: ALLOY, namespace: cluster.namespace, labels: alloyLabels(cluster) },
    spec: {
      type: "ClusterIP",
      selector: alloyLabels(cluster),
      ports: [{ name: "http-metrics", port: HTTP_PORT, targetPort: "http-metrics", protocol: "TCP" }],
    },
  };
}

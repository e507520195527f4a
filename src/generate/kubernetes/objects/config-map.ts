import type { Cluster } from "../../../manifest/index.ts";
import type { KubernetesObject } from "../object.ts";
import { CONFIG_KEY, CONFIG_MAP } from "./names.ts";

/** The ConfigMap that holds config.alloy. */
export function configMap({ namespace }: Cluster, config: string): KubernetesObject {
  return {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: CONFIG_MAP, namespace },
    data: { [CONFIG_KEY]: config },
  };
}

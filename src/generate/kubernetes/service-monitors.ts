import { attribute, block, object, type Item } from "../../alloy/index.ts";
import { nodeName, type ModuleContext, type PolicyRule } from "./module.ts";
import type { KubernetesObject } from "./object.ts";

/** What a ServiceMonitor of ours says besides its name and labels. */
export interface MonitorSpec {
  namespaceSelector: { any: true } | { matchNames: readonly string[] };
  selector: Readonly<Record<string, unknown>>;
  endpoints: readonly Readonly<Record<string, unknown>>[];
}

/** The ServiceMonitor `name`; Alloy finds it by the label app.kubernetes.io/name. */
export function serviceMonitor(
  { cluster }: ModuleContext,
  name: string,
  spec: MonitorSpec,
): KubernetesObject {
  return {
    apiVersion: "monitoring.coreos.com/v1",
    kind: "ServiceMonitor",
    metadata: { name, namespace: cluster.namespace, labels: { "app.kubernetes.io/name": name } },
    spec,
  };
}

/**
 * The component that scrapes what the ServiceMonitor `name` selects. Each Alloy keeps the targets of its own node, so
 * that every target is scraped once without the pods having to know each other.
 */
export function monitored({ cluster, metrics }: ModuleContext, label: string, name: string): Item {
  return block("prometheus.operator.servicemonitors", label, [
    attribute("forward_to", metrics),
    attribute("namespaces", [cluster.namespace]),
    attribute("kubernetes_role", "endpointslice"),
    block("selector", undefined, [attribute("match_labels", object([["app.kubernetes.io/name", name]]))]),
    block("rule", undefined, [attribute("target_label", "__tmp_node"), attribute("replacement", nodeName())]),
    block("rule", undefined, [
      attribute("source_labels", ["__meta_kubernetes_pod_node_name"]),
      attribute("target_label", "__tmp_node"),
      attribute("action", "keepequal"),
    ]),
  ]);
}

/** What Alloy has to read to follow ServiceMonitors. */
export const MONITOR_RULES: readonly PolicyRule[] = [
  { apiGroups: ["monitoring.coreos.com"], resources: ["servicemonitors"], verbs: ["get", "list", "watch"] },
  { apiGroups: [""], resources: ["services", "pods"], verbs: ["get", "list", "watch"] },
  { apiGroups: ["discovery.k8s.io"], resources: ["endpointslices"], verbs: ["get", "list", "watch"] },
];

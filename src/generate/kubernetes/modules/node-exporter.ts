import { nodeExporterObjects, NODE_EXPORTER } from "../objects/node-exporter.ts";
import { selector, whenNamed, type AlloyModule, type ModuleContext } from "../module.ts";
import { monitored, MONITOR_RULES, serviceMonitor, type MonitorSpec } from "../service-monitors.ts";

/** The machine below each node, by a node exporter and its ServiceMonitor. */
export const nodeExporter: AlloyModule = {
  name: "node-exporter",
  title: "the machine: processors, memory, disks, network",
  decide: (context) => whenNamed(context, "node-exporter", "always on: host metrics"),
  statements: (context) => [monitored(context, "node_exporter", NODE_EXPORTER)],
  objects: (context) => [
    ...(context.cluster.nodeExporter.deploy ? nodeExporterObjects(context.cluster) : []),
    serviceMonitor(context, NODE_EXPORTER, monitorSpec(context)),
  ],
  rules: () => MONITOR_RULES,
  queries: (context) =>
    context.prometheus.length === 0
      ? []
      : (
          [
            ["node_cpu_seconds_total", "CPU usage"],
            ["node_memory_MemAvailable_bytes", "memory that is available"],
            ["node_memory_MemTotal_bytes", "memory in all"],
            ["node_filesystem_avail_bytes", "disk space that is available"],
            ["node_filesystem_size_bytes", "disk space in all"],
            ["node_network_receive_bytes_total", "network, received"],
            ["node_network_transmit_bytes_total", "network, sent"],
          ] as const
        ).map(([metric, shows]) => ({
          language: "promql",
          query: `${metric}${selector(context, "prometheus")}`,
          shows,
        })),
};

/** Our own Service, or that of a node exporter that the cluster has, by the names that its charts give it. */
function monitorSpec({ cluster }: ModuleContext): MonitorSpec {
  const { deploy } = cluster.nodeExporter;
  const name = "app.kubernetes.io/name";
  return {
    namespaceSelector: deploy ? { matchNames: [cluster.namespace] } : { any: true },
    selector: deploy
      ? { matchLabels: { [name]: NODE_EXPORTER } }
      : {
          matchExpressions: [
            { key: name, operator: "In", values: [NODE_EXPORTER, "prometheus-node-exporter"] },
          ],
        },
    // Charts call the port metrics or http-metrics.
    endpoints: (deploy ? ["metrics"] : ["metrics", "http-metrics"]).map((port) => ({
      port,
      relabelings: [
        { action: "replace", sourceLabels: ["__meta_kubernetes_pod_node_name"], targetLabel: "instance" },
      ],
    })),
  };
}

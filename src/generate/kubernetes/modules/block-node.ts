import { selector, whenNamed, type AlloyModule, type ModuleContext, type Query } from "../module.ts";
import { podLogFiles, POD_LOG_RULES } from "../pod-logs.ts";
import { monitored, MONITOR_RULES, serviceMonitor } from "../service-monitors.ts";

const MONITOR = "block-node-server";

/** A block node: its metrics by a ServiceMonitor, its pods' logs from the node's files. */
export const blockNode: AlloyModule = {
  name: "block-node",
  title: "the block node",
  decide: (context) =>
    whenNamed(
      context,
      "block-node",
      context.has("pod-logs")
        ? "asked for: metrics; pod-logs has its logs already"
        : "asked for: metrics and logs",
    ),
  statements: (context) => [
    monitored(context, "block_node", MONITOR),
    ...(context.has("pod-logs") ? [] : podLogFiles(ownLogs(context))),
  ],
  objects: (context) => [
    serviceMonitor(context, MONITOR, {
      namespaceSelector: { matchNames: [context.cluster.blockNode.namespace] },
      selector: { matchLabels: context.cluster.blockNode.selector },
      endpoints: [{ port: context.cluster.blockNode.port }],
    }),
  ],
  rules: () => [...MONITOR_RULES, ...POD_LOG_RULES],
  queries: (context) => [...metricQueries(context), ...logQueries(context)],
};

function ownLogs({ cluster, logs }: ModuleContext): Parameters<typeof podLogFiles>[0] {
  return {
    files: "block_node_logs",
    labels: "block_node_labels",
    glob: `${cluster.blockNode.namespace}_*/*/*.log`,
    cri: cluster.cri,
    logs,
  };
}

function metricQueries(context: ModuleContext): Query[] {
  if (context.prometheus.length === 0) return [];
  const here = selector(context, "prometheus", namespaceOf(context));
  return [
    { language: "promql", query: here, shows: "the block node's metrics" },
    { language: "promql", query: `up${here}`, shows: "the block node is up" },
  ];
}

function logQueries(context: ModuleContext): Query[] {
  if (context.loki.length === 0) return [];
  const namespace = namespaceOf(context);
  const here = selector(context, "loki", namespace);
  return [
    { language: "logql", query: here, shows: "the block node's logs" },
    {
      language: "logql",
      query: selector(context, "loki", namespace, 'pod=~"block-node-server.*"'),
      shows: "its logs by pod",
    },
    {
      language: "logql",
      query: `${here} |= "error"`,
      shows: "errors in its logs",
      needs: "a line with the word error",
    },
  ];
}

function namespaceOf({ cluster }: ModuleContext): string {
  return `namespace="${cluster.blockNode.namespace}"`;
}

import { whenNamed, type AlloyModule } from "../module.ts";
import { podLogFiles, POD_LOG_RULES } from "../pod-logs.ts";

/** The logs of every pod, from the node's files: it works while the Kubernetes API does not. */
export const podLogs: AlloyModule = {
  name: "pod-logs",
  title: "the logs of every pod",
  decide: (context) =>
    whenNamed(
      context,
      "pod-logs",
      context.cluster.cri
        ? "asked for: every pod's logs"
        : "asked for: every pod's logs, as the container runtime wrote them (`cri: false`)",
    ),
  statements: ({ cluster, logs }) =>
    podLogFiles({ files: "pod_logs", labels: "add_labels", glob: "*/*/*.log", cri: cluster.cri, logs }),
  rules: () => POD_LOG_RULES,
  queries: ({ loki }) =>
    loki.length === 0
      ? []
      : [
          { language: "logql", query: '{pod=~".+"}', shows: "logs by pod" },
          { language: "logql", query: '{namespace=~".+"}', shows: "logs by namespace" },
          { language: "logql", query: '{container=~".+"}', shows: "logs by container" },
          {
            language: "logql",
            query: '{namespace="kube-system", pod=~".+"}',
            shows: "logs by namespace and pod",
            needs: "a pod in kube-system that logs",
          },
        ],
};

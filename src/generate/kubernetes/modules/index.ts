import type { AlloyModule } from "../module.ts";
import { agentMetrics } from "./agent-metrics.ts";
import { blockNode } from "./block-node.ts";
import { core } from "./core.ts";
import { kubelet } from "./kubelet.ts";
import { nodeExporter } from "./node-exporter.ts";
import { podLogs } from "./pod-logs.ts";
import { remotes } from "./remotes.ts";
import { syslog } from "./syslog.ts";

/** Every module, in the order in which config.alloy has them. */
export const MODULES: readonly AlloyModule[] = [
  core,
  remotes,
  agentMetrics,
  nodeExporter,
  kubelet,
  syslog,
  podLogs,
  blockNode,
];

import type { OptionSpec } from "../command.ts";

/** The options that say what a cluster is to have, for every command about clusters. */
export const CLUSTER_OPTIONS: readonly OptionSpec[] = [
  { flags: "--cluster-name <name>", description: "the cluster, instead of the argument" },
  {
    flags: "--add-prometheus-remote <remote>",
    description:
      "send metrics there: name:url[:username], or name=..,url=..[,username=..][,labelProfile=eng|ops|none]; repeatable",
    repeatable: true,
  },
  { flags: "--add-loki-remote <remote>", description: "send logs there, likewise", repeatable: true },
  { flags: "--monitor-block-node", description: "add the module block-node" },
];

/** The options of every command that talks to an API server. */
export const CONNECTION_OPTIONS: readonly OptionSpec[] = [
  { flags: "--kubeconfig <file>", description: "the kubeconfig (default: $KUBECONFIG, else ~/.kube/config)" },
  { flags: "--context <name>", description: "the kubeconfig's context (default: its current one)" },
];

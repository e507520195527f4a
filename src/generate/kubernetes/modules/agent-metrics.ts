import { attribute, block, comment, raw, type Item, type Raw } from "../../../alloy/index.ts";
import { nodeName, selector, whenNamed, type AlloyModule, type ModuleContext } from "../module.ts";

/** The older name of a metric that dashboards and alerts still ask for, and what Alloy calls it. */
const FAILED = "prometheus_remote_storage_samples_failed_total";
const FAILED_ALIAS = "prometheus_remote_storage_failed_samples_total";

/** Alloy's metrics about itself. */
export const agentMetrics: AlloyModule = {
  name: "agent-metrics",
  title: "Alloy's metrics about itself",
  decide: (context) => whenNamed(context, "agent-metrics", "always on: Alloy watches itself"),
  statements: (context) => [
    block("prometheus.exporter.self", "alloy", []),
    block("discovery.relabel", "alloy", [
      attribute("targets", raw("prometheus.exporter.self.alloy.targets")),
      block("rule", undefined, [attribute("target_label", "job"), attribute("replacement", "alloy")]),
      comment("The pod's name changes with each restart, the node's does not."),
      block("rule", undefined, [attribute("target_label", "instance"), attribute("replacement", nodeName())]),
    ]),
    block("prometheus.scrape", "alloy", [
      attribute("targets", raw("discovery.relabel.alloy.output")),
      attribute("forward_to", receivers(context)),
    ]),
    ...alias(context),
  ],
  queries: (context) =>
    context.prometheus.length === 0
      ? []
      : [
          { language: "promql", query: 'up{job="alloy"}', shows: "Alloy runs on each node" },
          {
            language: "promql",
            query: `alloy_build_info${selector(context, "prometheus")}`,
            shows: "the Alloy version of each node",
          },
          {
            language: "promql",
            query: "alloy_component_controller_running_components",
            shows: "how many components are healthy",
          },
        ],
};

function receivers({ metrics }: ModuleContext): readonly Raw[] {
  return metrics.length === 0 ? [] : [...metrics, raw("prometheus.relabel.failed_samples.receiver")];
}

/** Sends the metric of refused samples a second time, under the name that it had in Prometheus 1 and early 2. */
function alias({ metrics }: ModuleContext): Item[] {
  if (metrics.length === 0) return [];
  return [
    comment(`Refused samples under their older name too: ${FAILED_ALIAS}.`),
    block("prometheus.relabel", "failed_samples", [
      attribute("forward_to", metrics),
      block("rule", undefined, [
        attribute("source_labels", ["__name__"]),
        attribute("regex", FAILED),
        attribute("action", "keep"),
      ]),
      block("rule", undefined, [
        attribute("target_label", "__name__"),
        attribute("replacement", FAILED_ALIAS),
      ]),
    ]),
  ];
}

import { attribute, block, comment, raw, type Item } from "../../../alloy/index.ts";
import { nodeName, NODE_NAME, selector, whenNamed, type AlloyModule, type ModuleContext } from "../module.ts";

const CREDENTIALS = "/var/run/secrets/kubernetes.io/serviceaccount";

/** The kubelet of the pod's own node: its metrics and those of containers, which cAdvisor in it takes. */
export const kubelet: AlloyModule = {
  name: "kubelet",
  title: "the kubelet and, through its cAdvisor, containers",
  decide: (context) => whenNamed(context, "kubelet", "always on: container metrics"),
  statements: (context) => [
    comment("Each Alloy asks the kubelet of its own node."),
    block("discovery.kubernetes", "node", [
      attribute("role", "node"),
      block("selectors", undefined, [
        attribute("role", "node"),
        attribute("field", raw(`"metadata.name=" + sys.env("${NODE_NAME}")`)),
      ]),
    ]),
    block("discovery.relabel", "node", [
      attribute("targets", raw("discovery.kubernetes.node.targets")),
      block("rule", undefined, [attribute("target_label", "instance"), attribute("replacement", nodeName())]),
      block("rule", undefined, [attribute("target_label", "node"), attribute("replacement", nodeName())]),
    ]),
    ...scrape(context, "kubelet", "/metrics"),
    ...scrape(context, "cadvisor", "/metrics/cadvisor"),
  ],
  rules: () => [
    { apiGroups: [""], resources: ["nodes"], verbs: ["get", "list", "watch"] },
    { apiGroups: [""], resources: ["nodes/metrics"], verbs: ["get"] },
  ],
  queries: (context) =>
    context.prometheus.length === 0
      ? []
      : (
          [
            ["container_cpu_usage_seconds_total", "container CPU usage"],
            ["container_memory_usage_bytes", "container memory usage"],
            ["container_network_receive_bytes_total", "container network, received"],
            ["container_network_transmit_bytes_total", "container network, sent"],
            ["kubelet_running_pods", "pods on each node"],
            ["kubelet_running_containers", "containers on each node"],
          ] as const
        ).map(([metric, shows]) => ({
          language: "promql",
          query: `${metric}${selector(context, "prometheus")}`,
          shows,
        })),
};

function scrape({ metrics }: ModuleContext, name: string, path: string): Item[] {
  return [
    block("prometheus.scrape", name, [
      attribute("targets", raw("discovery.relabel.node.output")),
      attribute("forward_to", metrics),
      attribute("job_name", `integrations/kubernetes/${name}`),
      attribute("scheme", "https"),
      attribute("metrics_path", path),
      attribute("bearer_token_file", `${CREDENTIALS}/token`),
      block("tls_config", undefined, [
        comment(
          "A kubelet's certificate is signed by itself, unless the cluster rotates serving certificates.",
        ),
        attribute("insecure_skip_verify", true),
      ]),
    ]),
  ];
}

import { stringify } from "yaml";
import type { KubernetesObject, RenderedCluster } from "../../src/generate/index.ts";

/** What a ServiceMonitor finds in a cluster, here on loopback. */
export interface Endpoint {
  /** Name of the ServiceMonitor. */
  monitor: string;
  /** `127.0.0.1:9100` */
  address: string;
  namespace: string;
  service: string;
  pod: string;
}

interface MonitorSpec {
  endpoints: readonly {
    port: string;
    relabelings?: readonly { action: string; sourceLabels: readonly string[]; targetLabel: string }[];
  }[];
}

/**
 * The configuration of a Prometheus that scrapes what the rendered modules would have Alloy scrape, and sends it where
 * and with the labels that they say. The targets that Kubernetes would name are given; what needs a kubelet is left
 * out.
 *
 * @param own where the agent itself answers, in the place of prometheus.exporter.self
 */
export function agentConfiguration(
  { cluster, objects, config }: RenderedCluster,
  endpoints: readonly Endpoint[],
  own: string,
): string {
  const monitors = objects.filter(({ kind }) => kind === "ServiceMonitor");
  const remotes = [...cluster.remotes.prometheus.values()].map(({ url }) => ({ url }));
  const labels = /external_labels = \{\s*cluster = "([^"]+)"/.exec(config)?.[1];
  if (labels === undefined) throw new Error("the remote has no label cluster");
  return stringify({
    global: { scrape_interval: "1s", external_labels: { cluster: labels } },
    remote_write: remotes.map((remote) => ({ ...remote, queue_config: { batch_send_deadline: "1s" } })),
    scrape_configs: [
      ...endpoints.flatMap((endpoint) => monitored(monitors, endpoint)),
      { job_name: "alloy", static_configs: [{ targets: [own], labels: { instance: "node-1" } }] },
      // prometheus.relabel "failed_samples": the same once more, under the older name.
      {
        job_name: "failed_samples",
        static_configs: [{ targets: [own], labels: { job: "alloy", instance: "node-1" } }],
        metric_relabel_configs: aliasRules(config),
      },
    ],
  });
}

/** The scrape job that the Prometheus operator, and Alloy after it, makes of a ServiceMonitor. */
function monitored(monitors: readonly KubernetesObject[], endpoint: Endpoint): Record<string, unknown>[] {
  const monitor = monitors.find(({ metadata }) => metadata.name === endpoint.monitor);
  if (monitor === undefined) throw new Error(`there is no ServiceMonitor ${endpoint.monitor}`);
  const { endpoints } = monitor["spec"] as MonitorSpec;
  const { namespace, service, pod, address } = endpoint;
  return endpoints.map(({ port, relabelings = [] }) => ({
    job_name: `serviceMonitor/${endpoint.monitor}/${port}`,
    static_configs: [
      {
        targets: [address],
        labels: {
          __meta_kubernetes_pod_node_name: "node-1",
          namespace,
          service,
          pod,
          endpoint: port,
          job: service,
        },
      },
    ],
    relabel_configs: relabelings.map(({ action, sourceLabels, targetLabel }) => ({
      action,
      source_labels: sourceLabels,
      target_label: targetLabel,
    })),
  }));
}

/** The rules of prometheus.relabel "failed_samples", as they stand in the configuration. */
function aliasRules(config: string): Record<string, unknown>[] {
  const block = /prometheus\.relabel "failed_samples" \{[^]*?\n\}/.exec(config)?.[0] ?? "";
  const kept = /regex\s*= "([^"]+)"/.exec(block)?.[1];
  const renamed = /replacement\s*= "([^"]+)"/.exec(block)?.[1];
  return [
    { source_labels: ["__name__"], regex: kept, action: "keep" },
    { target_label: "__name__", replacement: renamed },
  ];
}

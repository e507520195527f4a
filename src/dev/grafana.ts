import { stringify } from "yaml";

/** Where Grafana finds the stores. */
export interface DataSources {
  prometheus: string;
  loki: string;
}

/** The files that set Grafana up, below its provisioning directory. */
export function provisioning(sources: DataSources, directory: string): Map<string, string> {
  return new Map([
    ["datasources/stores.yaml", dataSources(sources)],
    ["dashboards/dashboards.yaml", dashboardProvider(directory)],
    ["dashboards/alloy.json", `${JSON.stringify(dashboard(), null, 2)}\n`],
  ]);
}

function dataSources({ prometheus, loki }: DataSources): string {
  const source = (uid: string, name: string, url: string, isDefault: boolean): Record<string, unknown> => ({
    name,
    type: uid,
    uid,
    access: "proxy",
    url,
    isDefault,
  });
  return stringify({
    apiVersion: 1,
    datasources: [source("prometheus", "Prometheus", prometheus, true), source("loki", "Loki", loki, false)],
  });
}

function dashboardProvider(directory: string): string {
  return stringify({
    apiVersion: 1,
    providers: [{ name: "fleet", type: "file", options: { path: `${directory}/dashboards` } }],
  });
}

/** One row for each module: is its data there? */
function dashboard(): Record<string, unknown> {
  const cluster = 'cluster=~"$cluster"';
  const panels = [
    metric("Alloy agents that are up", 'up{job="alloy"}'),
    metric("Samples sent to remotes", "rate(prometheus_remote_storage_samples_total[5m])"),
    metric(
      "CPU in use by node",
      `1 - avg by (instance) (rate(node_cpu_seconds_total{${cluster}, mode="idle"}[5m]))`,
    ),
    metric("Memory that is available", `node_memory_MemAvailable_bytes{${cluster}}`),
    metric("Container CPU", `sum by (namespace) (rate(container_cpu_usage_seconds_total{${cluster}}[5m]))`),
    metric("Running pods", `kubelet_running_pods{${cluster}}`),
    logs("System logs", `{${cluster}, job="syslog"}`),
    logs("Pod logs", `{${cluster}, pod=~".+"}`),
  ];
  return {
    uid: "fleet-alloy",
    title: "Alloy",
    schemaVersion: 39,
    time: { from: "now-1h", to: "now" },
    refresh: "30s",
    templating: {
      list: [
        {
          name: "cluster",
          type: "query",
          datasource: { type: "prometheus", uid: "prometheus" },
          query: { query: "label_values(cluster)" },
          includeAll: true,
          allValue: ".*",
          current: { text: "All", value: "$__all" },
        },
      ],
    },
    panels: panels.map((panel, index) => ({
      ...panel,
      id: index + 1,
      gridPos: { x: (index % 2) * 12, y: Math.floor(index / 2) * 8, w: 12, h: 8 },
    })),
  };
}

function metric(title: string, expr: string): Record<string, unknown> {
  const datasource = { type: "prometheus", uid: "prometheus" };
  return { title, type: "timeseries", datasource, targets: [{ refId: "A", datasource, expr }] };
}

function logs(title: string, expr: string): Record<string, unknown> {
  const datasource = { type: "loki", uid: "loki" };
  return { title, type: "logs", datasource, targets: [{ refId: "A", datasource, expr }] };
}

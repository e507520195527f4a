import { readFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { renderCluster } from "../../src/generate/index.ts";
import { parseManifest } from "../../src/manifest/index.ts";

const ROOT = join(import.meta.dirname, "../..");
const { fleet } = parseManifest("fleet.yaml", readFileSync(join(ROOT, "fleet.yaml"), "utf8"));
const [cluster] = fleet?.clusters ?? [];
if (cluster === undefined) throw new Error("the example has no cluster");

/** What the documentation of the stack tells people to ask, by module. */
const DOCUMENTED: Readonly<Record<string, readonly string[]>> = {
  core: [],
  remotes: ["prometheus_remote_storage_samples_total", "prometheus_remote_storage_failed_samples_total"],
  "agent-metrics": [
    'up{job="alloy"}',
    'alloy_build_info{cluster="vm-cluster"}',
    "alloy_component_controller_running_components",
  ],
  "node-exporter": [
    'node_cpu_seconds_total{cluster="vm-cluster"}',
    'node_memory_MemAvailable_bytes{cluster="vm-cluster"}',
    'node_memory_MemTotal_bytes{cluster="vm-cluster"}',
    'node_filesystem_avail_bytes{cluster="vm-cluster"}',
    'node_filesystem_size_bytes{cluster="vm-cluster"}',
    'node_network_receive_bytes_total{cluster="vm-cluster"}',
    'node_network_transmit_bytes_total{cluster="vm-cluster"}',
  ],
  kubelet: [
    'container_cpu_usage_seconds_total{cluster="vm-cluster"}',
    'container_memory_usage_bytes{cluster="vm-cluster"}',
    'container_network_receive_bytes_total{cluster="vm-cluster"}',
    'container_network_transmit_bytes_total{cluster="vm-cluster"}',
    'kubelet_running_pods{cluster="vm-cluster"}',
    'kubelet_running_containers{cluster="vm-cluster"}',
  ],
  syslog: [
    '{cluster="vm-cluster"}',
    '{cluster="vm-cluster", unit="k3s.service"}',
    '{cluster="vm-cluster", unit="docker.service"}',
    '{cluster="vm-cluster"} | priority = "err"',
    '{cluster="vm-cluster", syslog_identifier="kernel"}',
  ],
  // By pod, by namespace, by container, and combined; which pods there are is another matter in each cluster.
  "pod-logs": [
    '{pod=~".+"}',
    '{namespace=~".+"}',
    '{container=~".+"}',
    '{namespace="kube-system", pod=~".+"}',
  ],
  "block-node": [
    '{cluster="vm-cluster", namespace="block-node"}',
    'up{cluster="vm-cluster", namespace="block-node"}',
    '{cluster="vm-cluster", namespace="block-node"}',
    '{cluster="vm-cluster", namespace="block-node", pod=~"block-node-server.*"}',
    '{cluster="vm-cluster", namespace="block-node"} |= "error"',
  ],
};

t.test("every query that the documentation gives is among its module's queries", (t) => {
  const queries = renderCluster(cluster).modules.map(({ name, queries }) => [
    name,
    queries.map(({ query }) => query),
  ]);
  t.same(Object.fromEntries(queries), DOCUMENTED);
  t.end();
});

t.test("what nothing is sent to is not asked", (t) => {
  const { prometheus, loki } = cluster.remotes;
  const languages = (remotes: typeof cluster.remotes): string[] => [
    ...new Set(
      renderCluster({ ...cluster, remotes }).modules.flatMap(({ queries }) =>
        queries.map(({ language }) => language),
      ),
    ),
  ];
  t.same(languages({ prometheus, loki: new Map() }), ["promql"]);
  t.same(languages({ prometheus: new Map(), loki }), ["logql"]);
  t.same(languages({ prometheus: new Map(), loki: new Map() }), []);
  t.end();
});

t.test("queries ask for the cluster only where a remote has its label", (t) => {
  const { prometheus, loki } = cluster.remotes;
  const without = (remotes: typeof loki): typeof loki =>
    new Map([...remotes].map(([name, remote]) => [name, { ...remote, labelProfile: "none" }]));
  const remotes = { prometheus: without(prometheus), loki: without(loki) };
  const queries = renderCluster({ ...cluster, remotes }).modules.flatMap(({ queries }) =>
    queries.map(({ query }) => query),
  );
  t.notMatch(queries.join("\n"), /cluster=/);
  t.ok(queries.includes('{job="syslog"}'));
  t.ok(queries.includes('up{namespace="block-node"}'));
  t.end();
});

t.test("a module that is not in has no queries, and says why it is not", (t) => {
  const { modules } = renderCluster({ ...cluster, modules: [] });
  t.same(
    modules.filter(({ included }) => included).map(({ name }) => name),
    ["core", "remotes"],
  );
  t.match(
    modules.find(({ name }) => name === "kubelet"),
    { why: "not among the modules of vm-cluster", queries: [] },
  );
  t.end();
});

import t from "tap";
import { ApiClient, type LiveObject } from "../../src/cluster/api/client.ts";
import { OWNED_KINDS } from "../../src/cluster/owned.ts";
import { planApply } from "../../src/cluster/plan.ts";
import { ownerLabels, renderCluster, type KubernetesObject } from "../../src/generate/index.ts";
import { parseManifest, type Cluster } from "../../src/manifest/index.ts";
import { fakeApi } from "../support/fake-api.ts";

function clusterOf(settings: string): Cluster {
  const { fleet, diagnostics } = parseManifest(
    "fleet.yaml",
    `version: 1
loki: { url: "https://loki.example.com/loki/api/v1/push" }
channels: {}
hosts: {}
clusters: { vm-cluster: ${settings} }
`,
  );
  const [cluster] = fleet?.clusters ?? [];
  if (cluster === undefined) throw new Error(JSON.stringify(diagnostics));
  return cluster;
}

const cluster = clusterOf("{}");
const namespace: KubernetesObject = {
  apiVersion: "v1",
  kind: "Namespace",
  metadata: { name: "grafana-alloy", labels: ownerLabels(cluster) },
};

async function plan(objects: readonly KubernetesObject[], live: readonly LiveObject[]) {
  const { transport, requests } = fakeApi(live);
  const found = await planApply(new ApiClient(transport), cluster, objects);
  return { ...found, requests };
}

t.test("every kind that is rendered is one that fleet finds again to delete it", (t) => {
  const remotes = '{ loki: { a: { url: "http://loki/loki/api/v1/push", username: me } } }';
  const vault =
    "{ vault: { server: https://v, auth: { token: { name: token, namespace: vault, key: token } } } }";
  const modules = "[core, agent-metrics, node-exporter, kubelet, syslog, pod-logs, block-node]";
  const kinds = ["manifests", "helm-argocd"].flatMap((output) =>
    renderCluster(
      clusterOf(`{ modules: ${modules}, remotes: ${remotes}, secrets: ${vault}, output: ${output} }`),
    ).objects.map(({ apiVersion, kind }) => `${apiVersion} ${kind}`),
  );
  const owned = OWNED_KINDS.map(({ apiVersion, kind }) => `${apiVersion} ${kind}`);
  t.same([...new Set(kinds)].sort(), owned.toSorted());
  t.end();
});

t.test("what the API server notes of its own accord is no difference", async (t) => {
  const live = {
    ...namespace,
    metadata: {
      ...namespace.metadata,
      uid: "1",
      resourceVersion: "5",
      creationTimestamp: "2026-01-01T00:00:00Z",
      managedFields: [{ manager: "fleet", operation: "Apply" }],
    },
    status: { phase: "Active" },
  };
  const { changes, gone, requests } = await plan([namespace], [live]);
  t.same([changes, gone], [[], []]);
  t.notOk(requests.some((request) => request.startsWith("DELETE")));
});

t.test("a kind that the API server lacks is told once, with the objects and who brings it", async (t) => {
  const monitor = (name: string): KubernetesObject => ({
    apiVersion: "monitoring.coreos.com/v1",
    kind: "ServiceMonitor",
    metadata: { name, namespace: "grafana-alloy" },
  });
  const { diagnostics } = await plan([namespace, monitor("a"), monitor("b")], []);
  t.match(diagnostics, [
    {
      code: "cluster/missing-kind",
      message: /no ServiceMonitor .*: ServiceMonitor grafana-alloy\/a, ServiceMonitor grafana-alloy\/b$/,
      hint: /Prometheus operator/,
    },
  ]);
});

t.test("the objects of another cluster of fleet's are not applied over", async (t) => {
  const labels = ownerLabels({ ...cluster, name: "other" });
  const { diagnostics } = await plan(
    [namespace],
    [{ ...namespace, metadata: { ...namespace.metadata, labels } }],
  );
  t.match(diagnostics, [{ code: "cluster/other-cluster", message: /belongs to cluster other/ }]);
});

t.test("a namespace that is being deleted says what it waits for", async (t) => {
  const live = {
    ...namespace,
    metadata: { ...namespace.metadata, deletionTimestamp: "2026-01-01T00:00:00Z" },
    status: {
      conditions: [
        {
          type: "NamespaceContentRemaining",
          status: "True",
          message: "Some resources are remaining: pods. has 1",
        },
        {
          type: "NamespaceDeletionDiscoveryFailure",
          status: "False",
          message: "All resources are discovered",
        },
      ],
    },
  };
  const { diagnostics } = await plan([namespace], [live]);
  t.match(diagnostics, [
    { code: "cluster/namespace-terminating", message: /since 2026.*: Some resources are remaining/ },
  ]);
  t.notMatch(diagnostics[0]?.message, "discovered");
});

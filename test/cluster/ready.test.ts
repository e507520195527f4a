import t from "tap";
import { ApiClient, type LiveObject } from "../../src/cluster/api/client.ts";
import { synced, troubleOf, waitUntilReady } from "../../src/cluster/ready.ts";
import { fakeApi } from "../support/fake-api.ts";

const DAEMON_SET: LiveObject = {
  apiVersion: "apps/v1",
  kind: "DaemonSet",
  metadata: { name: "alloy", namespace: "grafana-alloy", generation: 2 },
  spec: { selector: { matchLabels: { "app.kubernetes.io/name": "alloy" } } },
};

function pod(name: string, status: unknown): LiveObject {
  return { apiVersion: "v1", kind: "Pod", metadata: { name, namespace: "grafana-alloy" }, status };
}

const waiting = {
  containerStatuses: [
    {
      name: "alloy",
      ready: false,
      state: { waiting: { reason: "CrashLoopBackOff", message: "back-off 10s restarting failed container" } },
      lastState: { terminated: { exitCode: 1, reason: "Error" } },
    },
  ],
};

t.test("a pod's trouble is what its container waits for, or why no node takes it", (t) => {
  t.equal(
    troubleOf(pod("a", waiting)),
    "container alloy waits: CrashLoopBackOff: back-off 10s restarting failed container, which ended with code 1 (Error)",
  );
  const scheduled = {
    type: "PodScheduled",
    status: "False",
    reason: "Unschedulable",
    message: "too little memory",
  };
  t.equal(troubleOf(pod("b", { conditions: [scheduled] })), "no node takes it: too little memory");
  t.equal(troubleOf(pod("c", { containerStatuses: [{ name: "alloy", ready: true }] })), undefined);
  t.end();
});

async function wait(objects: readonly LiveObject[]): Promise<{ log: string[]; messages: string[] }> {
  const log: string[] = [];
  const client = new ApiClient(fakeApi(objects).transport);
  const { diagnostics } = await waitUntilReady(client, [DAEMON_SET], {
    timeout: -1,
    log: (line) => log.push(line),
  });
  t.ok(diagnostics.every(({ code }) => code === "cluster/not-ready"));
  return { log, messages: diagnostics.map(({ message }) => message) };
}

t.test("a DaemonSet is ready when every node's pod is of the newest version and ready", async (t) => {
  const status = {
    observedGeneration: 2,
    desiredNumberScheduled: 2,
    updatedNumberScheduled: 2,
    numberReady: 2,
  };
  t.same(await wait([{ ...DAEMON_SET, status }]), {
    log: ["DaemonSet grafana-alloy/alloy: all 2 pods are ready"],
    messages: [],
  });
  t.match(await wait([{ ...DAEMON_SET, status: { ...status, observedGeneration: 1 } }]), {
    messages: [/the newest version is not taken up yet$/],
  });
  t.match(await wait([]), { messages: [/it is not there$/] });
});

t.test("a DaemonSet that is not ready comes with the reasons of its pods, each once", async (t) => {
  const status = {
    observedGeneration: 2,
    desiredNumberScheduled: 3,
    updatedNumberScheduled: 3,
    numberReady: 1,
  };
  const { messages } = await wait([{ ...DAEMON_SET, status }, pod("a", waiting), pod("b", waiting)]);
  t.match(messages, [
    /1 of 3 pods are ready; container alloy waits: CrashLoopBackOff: .*\(Error\) \(2 pods\)$/,
  ]);
});

t.test("an ExternalSecret is ready when its newest version is in the Secret", (t) => {
  const external = (generation: number, status: unknown): LiveObject => ({
    apiVersion: "external-secrets.io/v1",
    kind: "ExternalSecret",
    metadata: { name: "grafana-alloy-secrets", namespace: "grafana-alloy", generation },
    status,
  });
  const conditions = [{ type: "Ready", status: "True", reason: "SecretSynced", message: "secret synced" }];
  const status = { conditions, syncedResourceVersion: "1-abc" };
  t.same(synced(external(1, status)), { ready: true, detail: "SecretSynced: secret synced" });
  t.match(synced(external(2, status)), { ready: false, detail: /newest version/ });
  t.match(synced(external(1, {})), { ready: false, detail: /does the External Secrets controller run/ });
  const failed = { ...conditions[0], status: "False", reason: "SecretSyncedError", message: "no such path" };
  t.same(synced(external(1, { ...status, conditions: [failed] })), {
    ready: false,
    detail: "SecretSyncedError: no such path",
  });
  t.end();
});

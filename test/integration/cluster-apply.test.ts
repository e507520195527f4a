import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import t from "tap";
import { main } from "../../src/cli/main.ts";
import { freePorts } from "../../src/process/index.ts";
import { renderTable } from "../../src/report/index.ts";
import { ControlPlane } from "../support/control-plane.ts";
import { installDefinitions } from "../support/custom-resources.ts";
import { DevVault } from "../support/vault.ts";

t.setTimeout(900_000);

const NAMESPACE = "/api/v1/namespaces/grafana-alloy";
const CONFIG_MAP = `${NAMESPACE}/configmaps/grafana-alloy-cm`;
const DAEMON_SETS = "/apis/apps/v1/namespaces/grafana-alloy/daemonsets";
const MONITORS = "/apis/monitoring.coreos.com/v1/namespaces/grafana-alloy/servicemonitors";
const SECRET = `${NAMESPACE}/secrets/grafana-alloy-secrets`;

const plane = await ControlPlane.start();
t.teardown(() => plane.stop());
const vault = await DevVault.start(plane);
const repo = t.testdir({});

interface Outcome {
  code: number;
  out: string;
  err: string;
}

/** Runs a cluster command against the control plane; `watch` sees stderr as it comes. */
async function cluster(
  command: string,
  args: readonly string[] = [],
  watch?: (line: string) => void,
): Promise<Outcome> {
  let out = "";
  let err = "";
  const argv = ["cluster", command, "vm-cluster", "--repo", repo, "--kubeconfig", plane.kubeconfig, ...args];
  const code = await main(argv, {
    stdout: { write: (text) => (out += text) },
    stderr: {
      columns: 500,
      write: (text) => {
        err += text;
        watch?.(text);
      },
    },
    stdin: (async function* () {})(),
  });
  return { code, out, err };
}

const [remotePort = 0] = await freePorts(1);

/** Writes fleet.yaml with one cluster. */
async function manifest({
  loki = ["primary"],
  modules = "[core, agent-metrics, node-exporter, kubelet, syslog, pod-logs]",
  store = "vault: { server: VAULT, auth: { token: { name: vault-token, namespace: kube-system, key: token } } }",
} = {}): Promise<void> {
  const remotes = loki
    .map((name) => `${name}: { url: "http://127.0.0.1:${remotePort}/loki/api/v1/push", username: me }`)
    .join(", ");
  const text = `version: 1
loki: { url: "https://loki.example.com/loki/api/v1/push" }
channels: {}
hosts: {}
clusters:
  vm-cluster:
    modules: ${modules}
    remotes: { loki: { ${remotes} } }
    secrets: { refresh: 2s, ${store.replace("VAULT", vault.address)} }
`;
  await writeFile(join(repo, "fleet.yaml"), text);
}

/** Reports every DaemonSet as rolled out on two nodes, as the DaemonSet controller would, until it is told to end. */
function reportReady(): () => Promise<void> {
  const told = new AbortController();
  const ended = (async () => {
    while (!told.signal.aborted) {
      const { items = [] } = (await plane.request("GET", DAEMON_SETS)).body as {
        items?: { metadata: { name: string; generation: number }; status: { observedGeneration?: number } }[];
      };
      for (const { metadata, status } of items) {
        if (status.observedGeneration === metadata.generation) continue;
        await plane.request("PATCH", `${DAEMON_SETS}/${metadata.name}/status`, {
          type: "application/merge-patch+json",
          value: {
            status: {
              observedGeneration: metadata.generation,
              currentNumberScheduled: 2,
              desiredNumberScheduled: 2,
              updatedNumberScheduled: 2,
              numberReady: 2,
              numberMisscheduled: 0,
            },
          },
        });
      }
      await sleep(300);
    }
  })();
  return async () => {
    told.abort();
    await ended;
  };
}

async function until(what: string, check: () => Promise<boolean>, seconds = 60): Promise<number> {
  const begun = Date.now();
  while (Date.now() - begun < seconds * 1000) {
    if (await check()) return (Date.now() - begun) / 1000;
    await sleep(250);
  }
  throw new Error(`${what} did not happen in ${seconds} s`);
}

async function password(variable: string): Promise<string | undefined> {
  const { data } = (await plane.request("GET", SECRET)).body as { data?: Record<string, string> };
  const encoded = data?.[variable];
  return encoded === undefined ? undefined : Buffer.from(encoded, "base64").toString();
}

function exists(path: string): Promise<boolean> {
  return plane.request("GET", path).then(({ status }) => status === 200);
}

t.test("an API server without the operators' kinds is told of before anything is applied", async (t) => {
  await manifest();
  const { code, err } = await cluster("apply");
  t.equal(code, 1);
  t.match(err, /cluster\/missing-kind.*ServiceMonitor/);
  t.match(err, /cluster\/missing-kind.*ClusterSecretStore/);
  t.notOk(await exists(NAMESPACE));
});

t.test("a store that is taken to be there and is not stops the apply", async (t) => {
  await installDefinitions(plane, "external-secrets");
  await installDefinitions(plane, "monitoring");
  const [port = 0] = await freePorts(1);
  await plane.run(
    "external-secrets",
    [`--metrics-addr=127.0.0.1:${port}`],
    async () => (await fetch(`http://127.0.0.1:${port}/metrics`)).ok,
    "external-secrets.pid",
    { KUBECONFIG: plane.kubeconfig },
  );
  await manifest({ store: "store: elsewhere" });
  const absent = await cluster("apply");
  t.equal(absent.code, 1);
  t.match(absent.err, /cluster\/store-not-ready.*ClusterSecretStore elsewhere is not there/);
  // A store whose token is nowhere: the controller says so in its condition.
  await plane.must("PATCH", "/apis/external-secrets.io/v1/clustersecretstores/elsewhere?fieldManager=test", {
    type: "application/apply-patch+yaml",
    value: {
      apiVersion: "external-secrets.io/v1",
      kind: "ClusterSecretStore",
      metadata: { name: "elsewhere" },
      spec: {
        provider: {
          vault: {
            server: vault.address,
            path: "secret",
            version: "v2",
            auth: { tokenSecretRef: { name: "nowhere", namespace: "kube-system", key: "token" } },
          },
        },
      },
    },
  });
  await until("the store's condition", async () => {
    const { err } = await cluster("apply");
    return /cluster\/store-not-ready.*elsewhere is not ready: InvalidProviderConfig/.test(err);
  });
  t.notOk(await exists(NAMESPACE));
});

t.test("a password that is not in Vault, and a sealed Vault, stop the apply", async (t) => {
  process.env["VAULT_ADDR"] = vault.address;
  process.env["VAULT_TOKEN"] = vault.token;
  await manifest();
  const missing = await cluster("apply");
  t.equal(missing.code, 1);
  t.match(
    missing.err,
    /cluster\/vault-missing.*secret\/grafana\/alloy\/vm-cluster\/loki\/primary is not in Vault/,
  );
  await vault.seal();
  const sealed = await cluster("apply");
  t.equal(sealed.code, 1);
  t.match(sealed.err, /cluster\/vault-sealed/);
  await vault.unseal();
  t.notOk(await exists(NAMESPACE));
});

t.test("apply makes everything, and the Secret appears from Vault", async (t) => {
  await manifest();
  await vault.put("grafana/alloy/vm-cluster/loki/primary", "first");
  await plane.must("POST", "/api/v1/namespaces/kube-system/secrets", {
    type: "application/json",
    value: {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "vault-token" },
      stringData: { token: vault.token },
    },
  });
  const unready = await cluster("apply", ["--timeout", "3s"]);
  t.equal(unready.code, 1);
  t.match(
    unready.err,
    /cluster\/not-ready.*DaemonSet grafana-alloy\/alloy.*the newest version is not taken up yet/,
  );
  const stop = reportReady();
  const { code, err } = await cluster("apply");
  await stop();
  t.equal(code, 0, err);
  t.match(err, /DaemonSet grafana-alloy\/alloy: all 2 pods are ready/);
  t.match(err, /ClusterSecretStore vault-secret-store: Valid/);
  const seconds = await until(
    "the Secret",
    async () => (await password("LOKI_PASSWORD_PRIMARY")) === "first",
  );
  t.comment(`the Secret was there ${seconds} s after the apply`);
  t.notMatch(unready.out + unready.err + err, "first", "no password is printed");
});

t.test("a diff after the apply is empty, and applying again changes nothing", async (t) => {
  const diff = await cluster("diff", ["--live"]);
  t.same([diff.code, diff.out], [0, ""]);
  const again = await cluster("apply");
  t.equal(again.code, 0);
  t.match(again.err, "nothing changes");
});

t.test("a password that is changed in Vault is in the Secret soon after", async (t) => {
  await vault.put("grafana/alloy/vm-cluster/loki/primary", "second");
  const seconds = await until(
    "the new password",
    async () => (await password("LOKI_PASSWORD_PRIMARY")) === "second",
  );
  t.comment(`${seconds} s after the change`);
});

t.test(
  "a ConfigMap edited by hand shows in the diff, is a conflict, and is put right when asked",
  async (t) => {
    await plane.must("PATCH", `${CONFIG_MAP}?fieldManager=kubectl-edit`, {
      type: "application/merge-patch+json",
      value: { data: { "config.alloy": "// by hand\n" } },
    });
    const diff = await cluster("diff", ["--live"]);
    t.equal(diff.code, 1);
    t.match(diff.out, /^-.*by hand/m);
    const refused = await cluster("apply");
    t.equal(refused.code, 1);
    t.match(
      refused.err,
      /cluster\/conflict.*ConfigMap grafana-alloy\/grafana-alloy-cm: \.data\.config\.alloy.*kubectl-edit/,
    );
    t.match(refused.err, "nothing was applied");
    const forced = await cluster("apply", ["--force-conflicts"]);
    t.equal(forced.code, 0, forced.err);
    t.equal((await cluster("diff", ["--live"])).code, 0);
  },
);

t.test("what is no longer wanted is deleted, and nothing else that bears the label", async (t) => {
  await manifest({ modules: "[core, node-exporter, syslog, block-node]" });
  const stop = reportReady();
  t.equal((await cluster("apply")).code, 0);
  t.ok(await exists(`${MONITORS}/block-node-server`));
  // As a copy of one of ours would be, made by somebody else.
  await plane.must("POST", `${NAMESPACE}/configmaps`, {
    type: "application/json",
    value: {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: {
        name: "copy",
        labels: { "app.kubernetes.io/managed-by": "fleet", "app.kubernetes.io/instance": "vm-cluster" },
      },
    },
  });
  await manifest({ modules: "[core, syslog]" });
  const diff = await cluster("diff", ["--live", "--json"]);
  const { changes } = JSON.parse(diff.out) as { changes: { object: string; change: string }[] };
  const gone = changes.filter(({ change }) => change === "gone").map(({ object }) => object);
  const { code, out } = await cluster("apply", ["--json"]);
  await stop();
  t.equal(code, 0);
  const { pruned } = JSON.parse(out) as { pruned: string[] };
  t.same(pruned.toSorted(), gone.toSorted(), "the diff said what would go");
  t.same(pruned.toSorted(), [
    "ClusterRole grafana-alloy",
    "ClusterRoleBinding grafana-alloy",
    "DaemonSet grafana-alloy/node-exporter",
    "Service grafana-alloy/node-exporter",
    "ServiceMonitor grafana-alloy/block-node-server",
    "ServiceMonitor grafana-alloy/node-exporter",
  ]);
  t.notOk(await exists(`${MONITORS}/block-node-server`));
  t.ok(await exists(`${NAMESPACE}/configmaps/copy`));
  t.ok(await exists(`${DAEMON_SETS}/alloy`));
});

t.test(
  "an API server that dies in the middle leaves a list of what is applied, and a second run finishes",
  async (t) => {
    await manifest();
    let killed: Promise<void> | undefined;
    const broken = await cluster("apply", [], (line) => {
      if (line.startsWith("applied ServiceAccount")) killed ??= plane.killApi();
    });
    await killed;
    t.equal(broken.code, 2);
    t.match(broken.err, "cluster/unreachable");
    t.match(broken.err, /cluster\/broken-off.*\d+ of \d+ objects were applied/);
    t.match(broken.err, /^ *applied: ServiceAccount grafana-alloy\/alloy$/m);
    t.match(broken.err, /^ *not applied: DaemonSet grafana-alloy\/alloy$/m);
    await plane.startApi();
    const stop = reportReady();
    const { code, err } = await cluster("apply");
    await stop();
    t.equal(code, 0, err);
    t.equal((await cluster("diff", ["--live"])).code, 0);
  },
);

t.test("uninstall keeps a namespace with things of others, and leaves nothing otherwise", async (t) => {
  const kept = await cluster("uninstall");
  t.equal(kept.code, 0, kept.err);
  t.match(kept.err, /cluster\/namespace-kept.*ConfigMap grafana-alloy\/copy/);
  t.ok(await exists(NAMESPACE));
  t.notOk(await exists(`${DAEMON_SETS}/alloy`));
  await plane.must("DELETE", `${NAMESPACE}/configmaps/copy`);
  const gone = cluster("uninstall");
  await until("the namespace being deleted", async () => {
    const { metadata } = (await plane.request("GET", NAMESPACE)).body as {
      metadata?: { deletionTimestamp?: string };
    };
    return metadata?.deletionTimestamp !== undefined;
  });
  const meanwhile = await cluster("apply");
  t.equal(meanwhile.code, 1);
  t.match(meanwhile.err, /cluster\/namespace-terminating/);
  await finalize();
  t.match(await gone, { code: 0 });
  for (const path of [NAMESPACE, SECRET, "/apis/rbac.authorization.k8s.io/v1/clusterroles/grafana-alloy"]) {
    t.notOk(await exists(path), path);
  }
  const nothing = await cluster("uninstall");
  t.match(nothing.err, "nothing of vm-cluster is there");
});

/** Ends the deletion of the namespace as its controller would: what is left in it goes, then the finalizer. */
async function finalize(): Promise<void> {
  for (const kind of ["secrets", "configmaps", "serviceaccounts"])
    await plane.must("DELETE", `${NAMESPACE}/${kind}`);
  const namespace = await plane.must("GET", NAMESPACE);
  await plane.must("PUT", `${NAMESPACE}/finalize`, {
    type: "application/json",
    value: { ...namespace, spec: { finalizers: [] } },
  });
}

t.test("what was real", async (t) => {
  const rows = plane.programs.map(({ description }) => [description, "real"]);
  const parts = [
    ["part", ""],
    ...rows,
    ["custom resource definitions", "real: those that the operators publish"],
    ["kubelet, scheduler, controller manager", "absent: the test reports pods as ready and ends namespaces"],
    ["remotes", "absent: their URLs answer nobody"],
  ];
  for (const line of renderTable(parts).trimEnd().split("\n")) t.comment(line);
  t.equal(plane.programs.length, 4);
  t.match(await readFile(join(repo, "fleet.yaml"), "utf8"), "vm-cluster");
});

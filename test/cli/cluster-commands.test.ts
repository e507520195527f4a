import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import t, { type Test } from "tap";
import type { KubernetesObject } from "../../src/generate/index.ts";
import { exampleFleet } from "../support/example.ts";
import { fleet } from "../support/fleet.ts";
import { RELEASES, schemaProblems } from "../support/kubernetes-schemas.ts";
import { snapshot } from "../support/snapshot.ts";

/** A command line that says all of a cluster. */
const INSTALL = [
  "--cluster-name=vm-cluster",
  "--add-prometheus-remote=primary:http://prom1:9090/api/v1/write:user1",
  "--add-prometheus-remote=backup:http://prom2:9090/api/v1/write:user2",
  "--add-loki-remote=primary:http://loki1:3100/loki/api/v1/push:user1",
  "--add-loki-remote=grafana-cloud:https://logs.grafana.net/loki/api/v1/push:12345",
  "--monitor-block-node",
];

async function emptyDirectory(t: Test): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), "fleet-cluster-"));
  t.teardown(() => rm(root, { recursive: true, force: true }));
  return root;
}

/** A repository whose manifest knows no cluster. */
async function withoutClusters(t: Test): Promise<string> {
  const root = await emptyDirectory(t);
  await writeFile(
    join(root, "fleet.yaml"),
    'version: 1\nloki: { url: "https://l/p" }\nchannels: {}\nhosts: {}\n',
  );
  return root;
}

t.test("fleet cluster render prints the example's manifests, and says why each module is in", async (t) => {
  const repo = await exampleFleet(t);
  const { code, out, err } = await fleet("cluster", "render", "vm-cluster", "--repo", repo);
  t.equal(code, 0);
  t.ok((await readFile(join(repo, "clusters/vm-cluster/manifests.yaml"), "utf8")).endsWith(out));
  t.match(err, /^core +in +every configuration has it$/m);
  t.match(
    err,
    /^needs password of grafana\/alloy\/vm-cluster\/loki\/grafana-cloud in Vault \(mount secret\)$/m,
  );
  const alone = await fleet("cluster", "render", "--repo", repo);
  t.equal(alone.out, out, "the only cluster need not be named");
});

t.test("a command line that says everything needs no cluster in the manifest", async (t) => {
  const repo = await withoutClusters(t);
  const { code, out, err } = await fleet("cluster", "render", ...INSTALL, "--json", "--repo", repo);
  t.equal(code, 0);
  t.match(err, "no manifest describes vm-cluster");
  const found = JSON.parse(out) as {
    modules: { name: string; included: boolean }[];
    objects: KubernetesObject[];
  };
  t.match(found, { ok: true, cluster: "vm-cluster", diagnostics: [], passwords: { length: 4 } });
  t.same(
    found.modules.filter(({ included }) => !included).map(({ name }) => name),
    ["pod-logs"],
  );
  t.same(
    found.objects.map(({ kind }) => kind).filter((kind) => kind.includes("Secret")),
    ["ExternalSecret"],
  );
  t.notMatch(out, /"kind": "Secret"/);
  const problems = RELEASES.flatMap((release) =>
    found.objects.flatMap((object) => schemaProblems(object, release)),
  );
  t.same(problems, [], "every supported Kubernetes takes them");
});

t.test("remotes of the command line are all that there are", async (t) => {
  const repo = await exampleFleet(t);
  const flag = "--add-loki-remote=primary:http://loki1:3100/loki/api/v1/push:user1";
  const { code, out, err } = await fleet("cluster", "diff", "vm-cluster", flag, "--json", "--repo", repo);
  t.equal(code, 1);
  t.match(err, "those of fleet.yaml are left out");
  const { changes } = JSON.parse(out) as { changes: { object: string; change: string; diff: string }[] };
  t.match(changes, [
    { object: "ExternalSecret grafana-alloy/grafana-alloy-secrets", change: "changed" },
    { object: "ConfigMap grafana-alloy/grafana-alloy-cm", change: "changed" },
    { object: "DaemonSet grafana-alloy/alloy", change: "changed" },
  ]);
  t.match(changes[1]?.diff, /^- *loki\.write "grafana_cloud" \{$/m);
  t.notMatch(changes[1]?.diff, /^[-+] *loki\.write "primary"/m);
});

t.test("fleet cluster diff is clean when what is there is as it is to be", async (t) => {
  const repo = await exampleFleet(t);
  const { code, out, err } = await fleet("cluster", "diff", "--repo", repo);
  t.match({ code, out }, { code: 0, out: "" });
  t.match(err, "clusters/vm-cluster is as it is to be");
});

t.test("fleet cluster diff names what is new and what is gone", async (t) => {
  const repo = await exampleFleet(t);
  const missing = await fleet("cluster", "diff", "--against", join(repo, "nowhere"), "--repo", repo);
  t.match(missing, { code: 2, err: /cluster\/unreadable.*nowhere cannot be read: it is not there/ });
  await rm(join(repo, "clusters"), { recursive: true });
  const empty = await fleet("cluster", "diff", "--repo", repo);
  t.match(empty, { code: 1, err: /^clusters\/vm-cluster: 13 new$/m });
  const local = await emptyDirectory(t);
  await fleet("cluster", "render", "--repo", repo, "-q", "-o", local);
  await writeFile(
    join(repo, "fleet.yaml"),
    (await readFile(join(repo, "fleet.yaml"), "utf8")).replace(", block-node]", "]"),
  );
  const { err, out } = await fleet("cluster", "diff", "--against", local, "--repo", repo);
  t.match(err, /: 2 changed, 1 gone$/m);
  t.match(out, /^--- a\/ServiceMonitor grafana-alloy\/block-node-server$/m);
  await writeFile(join(local, "broken.yaml"), "a: [");
  const broken = await fleet("cluster", "diff", "--against", local, "--repo", repo);
  t.equal(broken.code, 2);
  t.match(broken.err, "cluster/unreadable");
});

t.test("fleet cluster render -o writes the files, and --config prints the configuration alone", async (t) => {
  const repo = await exampleFleet(t);
  const target = join(await emptyDirectory(t), "a/b");
  const { code, out, err } = await fleet("cluster", "render", "-o", target, "--repo", repo);
  t.match({ code, out }, { code: 0, out: "" });
  t.match(err, `wrote ${target}/manifests.yaml`);
  t.same(await readdir(target), ["manifests.yaml"]);
  const head = async (): Promise<string> =>
    (await readFile(join(target, "manifests.yaml"), "utf8")).split("\n")[0] ?? "";
  t.match(await head(), "# Generated by fleet from fleet.yaml;");
  await fleet("cluster", "render", "--add-loki-remote=a:http://h/p", "-q", "-o", target, "--repo", repo);
  t.equal(await head(), "# Generated by fleet from its command line.");
  const config = await fleet("cluster", "render", "--config", "-q", "--repo", repo);
  t.match(config.out, /^\/\/ Alloy of cluster vm-cluster/);
  const both = await fleet("cluster", "render", "--config", "-o", target, "--repo", repo);
  t.match(both, { code: 2, err: /cli\/usage.*exclude each other/ });
});

t.test("bad input names what is wrong, changes nothing, and repeats no password", async (t) => {
  const repo = await exampleFleet(t);
  const before = await snapshot(repo);
  const cases: [argv: string[], code: number, message: RegExp][] = [
    [["vm-clutser"], 2, /cluster\/unknown.*no cluster vm-clutser\n.*did you mean vm-cluster/],
    [["vm-cluster", "--cluster-name=other"], 2, /cli\/usage.*two clusters are named/],
    [["--add-loki-remote=a:http://me:hunter2@h/p"], 2, /cluster\/bad-remote.*a, has an unfit url/],
    [["--add-loki-remote=a:http://h/p", "--add-loki-remote=a:http://g/p"], 2, /cluster\/duplicate-remote/],
    [["-o", "fleet.yaml/x"], 2, /cli\/unwritable/],
  ];
  for (const [argv, code, message] of cases) {
    const at = argv.map((arg) => arg.replace(/^fleet\.yaml/, join(repo, "fleet.yaml")));
    const found = await fleet("cluster", "render", ...at, "--repo", repo);
    t.match(found, { code, out: "", err: message }, argv.join(" "));
    t.notMatch(found.err, "hunter2");
  }
  const none = await withoutClusters(t);
  t.match(await fleet("cluster", "render", "--repo", none), { code: 2, err: /which cluster\?/ });
  t.match(await fleet("cluster", "render", "Prod", "--repo", none), { code: 2, err: /cluster\/bad-name/ });
  t.same(await snapshot(repo), before);
});

t.test("fleet generate renders clusters, and says what is stale or not its own", async (t) => {
  const repo = await withoutClusters(t);
  const manifest = join(repo, "fleet.yaml");
  await writeFile(
    manifest,
    `${await readFile(manifest, "utf8")}clusters: { a: {}, b: { output: helm-argocd } }\n`,
  );
  const made = await fleet("generate", "--repo", repo);
  t.match(made, {
    code: 0,
    out: "new  clusters/a/manifests.yaml\nnew  clusters/b/application.yaml\nnew  clusters/b/values.yaml\n",
  });
  t.match(await fleet("generate", "--check", "--repo", repo), { code: 0, out: "" });

  await writeFile(
    manifest,
    (await readFile(manifest, "utf8")).replace("a: {}", "a: { output: helm-argocd }"),
  );
  const stale = await fleet("generate", "--check", "--repo", repo);
  t.match(stale, { code: 1, err: /cluster\/left-over.*clusters\/a\/manifests\.yaml/ });
  t.match(stale.err, "generate/stale");

  await mkdir(join(repo, "clusters/a"), { recursive: true });
  await writeFile(join(repo, "clusters/a/application.yaml"), "mine: true\n");
  const others = await fleet("generate", "--repo", repo);
  t.match(others, { code: 1, err: /generate\/not-ours.*clusters\/a\/application\.yaml/ });
  t.equal(await readFile(join(repo, "clusters/a/application.yaml"), "utf8"), "mine: true\n");
});

/** Entries of a node's journal: an error of k3s, the kernel, and a container's scope. */
const JOURNAL = [
  { MESSAGE: "boom", _SYSTEMD_UNIT: "k3s.service", SYSLOG_IDENTIFIER: "k3s", PRIORITY: "3" },
  { MESSAGE: "link up", SYSLOG_IDENTIFIER: "kernel", PRIORITY: "6" },
  { MESSAGE: "in a scope", _SYSTEMD_UNIT: "cri-containerd-0123abc.scope", PRIORITY: "4" },
];

t.test("the rendered configuration labels a node's journal as its queries ask", async (t) => {
  const repo = await exampleFleet(t);
  const directory = await emptyDirectory(t);
  const config = join(directory, "config.alloy");
  await writeFile(config, (await fleet("cluster", "render", "--config", "-q", "--repo", repo)).out);
  const entries = join(directory, "entries.json");
  const stamped = JOURNAL.map((entry, at) => ({
    ...entry,
    __REALTIME_TIMESTAMP: `${1_795_302_090_000_000 + at}`,
  }));
  await writeFile(entries, JSON.stringify(stamped));
  const { code, out } = await fleet("explain", "--config", config, "--entries", entries, "--json");
  t.equal(code, 0);
  t.match(labelsSentTo(out, "loki.write.primary"), [
    { cluster: "vm-cluster", unit: "k3s.service", priority: "err", syslog_identifier: "k3s" },
    { cluster: "vm-cluster", syslog_identifier: "kernel", priority: "info" },
    { cluster: "vm-cluster", unit: "cri-containerd.scope", priority: "warning" },
  ]);
  t.equal(labelsSentTo(out, "loki.write.grafana_cloud").length, JOURNAL.length);
});

t.test("the rendered configuration joins and labels pods' lines, or leaves them as they are", async (t) => {
  const repo = await exampleFleet(t);
  const directory = await emptyDirectory(t);
  const pod = join(directory, "root/var/log/pods/block-node_block-node-server-0_c9730e0e-eae2/server");
  await mkdir(pod, { recursive: true });
  const lines = [
    "2026-11-21T23:00:00.1Z stdout P a long ",
    "2026-11-21T23:00:00.2Z stdout F line",
    "2026-11-21T23:00:01.1Z stderr F an error",
  ];
  await writeFile(join(pod, "0.log"), `${lines.join("\n")}\n`);
  const sent = async (change: (manifest: string) => string): Promise<unknown[]> => {
    const manifest = join(repo, "fleet.yaml");
    const original = await readFile(manifest, "utf8");
    await writeFile(manifest, change(original));
    const config = join(directory, "config.alloy");
    await writeFile(config, (await fleet("cluster", "render", "--config", "-q", "--repo", repo)).out);
    await writeFile(manifest, original);
    const { out } = await fleet("explain", "--config", config, "--files", join(directory, "root"), "--json");
    return outcomes(out)
      .filter(({ to }) => to === "loki.write.primary")
      .map(({ line, labels }) => ({ line, labels }));
  };
  const labels = {
    cluster: "vm-cluster",
    namespace: "block-node",
    pod: "block-node-server-0",
    container: "server",
  };
  const joined = [
    { line: "a long line", labels: { ...labels, stream: "stdout" } },
    { line: "an error", labels: { ...labels, stream: "stderr" } },
  ];
  t.same(await sent((manifest) => manifest), joined);
  t.same(
    await sent((manifest) => manifest.replace("pod-logs, block-node", "block-node")),
    joined,
    "by block-node",
  );
  t.match(
    await sent((manifest) => manifest.replace("    remotes:", "    cri: false\n    remotes:")),
    lines.map((line) => ({ line, labels })),
  );
});

interface Outcome {
  to: string;
  line: string;
  labels: Record<string, string>;
}

function outcomes(ndjson: string): Outcome[] {
  return ndjson
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Outcome);
}

function labelsSentTo(ndjson: string, to: string): Outcome["labels"][] {
  return outcomes(ndjson)
    .filter((outcome) => outcome.to === to)
    .map(({ labels }) => labels);
}

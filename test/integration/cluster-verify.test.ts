import { once } from "node:events";
import { mkdir, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import t from "tap";
import type { QueryResult } from "../../src/cluster/index.ts";
import { renderCluster } from "../../src/generate/index.ts";
import { startLoki } from "../../src/loki/index.ts";
import { parseManifest } from "../../src/manifest/index.ts";
import { freePorts, start, waitUntilReady } from "../../src/process/index.ts";
import { ensureProgram } from "../../src/programs/index.ts";
import { renderTable } from "../../src/report/index.ts";
import { writeJournal, type RawEntry } from "../../src/ship/index.ts";
import { fleet } from "../support/fleet.ts";
import { agentConfiguration } from "../support/metrics-agent.ts";
import { ownVarLog, PodLogFiles, shipNode } from "../support/node-logs.ts";

t.setTimeout(400_000);

const env = process.env;

/** Queries that only a real Alloy or a real kubelet answers, and who it is that they need. */
const NOT_RUN = new Map([
  ["alloy_build_info", "a real Alloy"],
  ["alloy_component_controller_running_components", "a real Alloy"],
  ["container_cpu_usage_seconds_total", "a kubelet (cAdvisor)"],
  ["container_memory_usage_bytes", "a kubelet (cAdvisor)"],
  ["container_network_receive_bytes_total", "a kubelet (cAdvisor)"],
  ["container_network_transmit_bytes_total", "a kubelet (cAdvisor)"],
  ["kubelet_running_pods", "a kubelet"],
  ["kubelet_running_containers", "a kubelet"],
]);

function series(query: string): string {
  return query.replace(/\{.*/, "");
}

/** The node's journal: what the document asks for, and a line without any of it. */
function journal(): RawEntry[] {
  const now = Date.now();
  const entries: RawEntry[] = [
    { _SYSTEMD_UNIT: "k3s.service", SYSLOG_IDENTIFIER: "k3s", PRIORITY: "6", MESSAGE: "k3s is up" },
    { _SYSTEMD_UNIT: "docker.service", SYSLOG_IDENTIFIER: "dockerd", PRIORITY: "6", MESSAGE: "API listen" },
    { SYSLOG_IDENTIFIER: "kernel", _TRANSPORT: "kernel", PRIORITY: "4", MESSAGE: "eth0: link becomes ready" },
    { _SYSTEMD_UNIT: "cron.service", SYSLOG_IDENTIFIER: "cron", PRIORITY: "3", MESSAGE: "job failed" },
  ];
  return entries.map((entry, index) => ({
    __REALTIME_TIMESTAMP: String((now - 30_000 + index) * 1000),
    _HOSTNAME: "node-1",
    ...entry,
  }));
}

/** A service of the test that is the block node: it is what is watched, not what watches. */
async function blockNode(): Promise<string> {
  const server = createServer((_, response) => response.end("hiero_block_node_blocks_total 42\n"));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  return `127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`;
}

/** Starts a program until the test ends, and waits until its URL answers. */
async function serve(path: string, args: readonly string[], url: string): Promise<void> {
  const child = start(path, args);
  t.teardown(() => child.stop());
  const { state } = await waitUntilReady(child, async () => (await fetch(url)).ok, { timeout: 120_000 });
  if (state !== "ready") throw new Error(`${path} is ${state}: ${child.recent().slice(-5).join("\n")}`);
}

const varLog = join(t.testdir({}), "log");
await mkdir(varLog, { recursive: true });
const prefix = await ownVarLog(varLog);

t.test(
  "every query of the document returns data from what is rendered, but for those that need a kubelet or Alloy",
  prefix === undefined
    ? { skip: "this machine gives a program no /var/log of its own (unshare --mount)" }
    : {},
  async (t) => {
    if (prefix === undefined) return;
    const directory = t.testdir({ repo: {}, agent: {}, store: {}, node: {} });
    const prometheus = await ensureProgram("prometheus", { env });
    const exporter = await ensureProgram("node-exporter", { env });
    const remote = await ensureProgram("systemd-journal-remote", { env });
    const loki = await startLoki({ env });
    t.teardown(() => loki.stop());
    const [storePort = 0, agentPort = 0, exporterPort = 0] = await freePorts(3);
    const store = `http://127.0.0.1:${storePort}`;
    const manifest = `version: 1
loki: { url: "https://loki.example.com/loki/api/v1/push" }
channels: {}
hosts: {}
clusters:
  vm-cluster:
    modules: [core, agent-metrics, node-exporter, kubelet, syslog, pod-logs, block-node]
    remotes:
      prometheus: { local: { url: "${store}/api/v1/write" } }
      loki: { local: { url: "${loki.url}/loki/api/v1/push" } }
`;
    const repo = join(directory, "repo");
    await writeFile(join(repo, "fleet.yaml"), manifest);
    const [cluster] = parseManifest("fleet.yaml", manifest).fleet?.clusters ?? [];
    if (cluster === undefined) throw new Error("the manifest is wrong");
    const rendered = renderCluster(cluster);

    // Metrics: real node exporter, and two real Prometheus, the agent's and the remote.
    await writeFile(join(directory, "store/prometheus.yml"), "{}\n");
    const command = (name: string, port: number): string[] => [
      `--config.file=${join(directory, name, "prometheus.yml")}`,
      `--storage.tsdb.path=${join(directory, name, "data")}`,
      `--web.listen-address=127.0.0.1:${port}`,
      "--log.level=warn",
    ];
    await serve(
      prometheus.path,
      [...command("store", storePort), "--web.enable-remote-write-receiver"],
      `${store}/-/ready`,
    );
    const metrics = `127.0.0.1:${exporterPort}`;
    await serve(exporter.path, [`--web.listen-address=${metrics}`], `http://${metrics}/metrics`);
    const endpoints = [
      {
        monitor: "node-exporter",
        address: metrics,
        namespace: cluster.namespace,
        service: "node-exporter",
        pod: "node-exporter-abcde",
      },
      {
        monitor: "block-node-server",
        address: await blockNode(),
        namespace: "block-node",
        service: "block-node-server",
        pod: "block-node-server-0",
      },
    ];
    const agent = agentConfiguration(rendered, endpoints, `127.0.0.1:${agentPort}`);
    await writeFile(join(directory, "agent/prometheus.yml"), agent);
    await serve(prometheus.path, command("agent", agentPort), `http://127.0.0.1:${agentPort}/-/ready`);

    // Logs: a real journal and files as the kubelet lays them out, through the rendered configuration.
    await writeJournal(join(varLog, "journal"), journal(), remote);
    const files = new PodLogFiles(varLog);
    const blockNodeLogs = { namespace: "block-node", pod: "block-node-server-0", container: "server" };
    await files.write(blockNodeLogs, ["block 41 verified", "error: block 42 is late"]);
    await files.write({ namespace: "kube-system", pod: "coredns-abc", container: "coredns" }, ["ready"]);
    await shipNode(t, { config: rendered.config, prefix, directory: join(directory, "node") });

    const verify = async (): Promise<{ code: number; queries: QueryResult[] }> => {
      const { code, out } = await fleet("cluster", "verify", "vm-cluster", "--repo", repo, "--json");
      return { code, queries: (JSON.parse(out) as { queries: QueryResult[] }).queries };
    };
    const lacking = (queries: readonly QueryResult[]): string[] =>
      queries
        .filter(({ query, outcome }) => outcome !== "returns data" && !NOT_RUN.has(series(query)))
        .map(({ query }) => query);
    let answer = await verify();
    for (let tries = 0; tries < 60 && lacking(answer.queries).length > 0; tries += 1) {
      await sleep(1000);
      answer = await verify();
    }
    t.same(lacking(answer.queries), []);
    t.equal(answer.code, 1, "what nothing here answers is missing, and verify says so");
    const rows = answer.queries.map(({ module, query, found, outcome }) => {
      const needs = NOT_RUN.get(series(query));
      const said =
        needs === undefined
          ? `${outcome === "returns data" ? "yes" : "no"} (${found ?? 0})`
          : `not run: needs ${needs}`;
      return [module, said, query];
    });
    t.comment(
      "returns data, with a Prometheus in the place of Alloy's metrics and fleet ship in that of its logs:",
    );
    for (const line of renderTable([["module", "returns data", "query"], ...rows], 300)
      .trimEnd()
      .split("\n"))
      t.comment(line);
    t.comment(
      `real: ${[prometheus, exporter, loki.program, remote].map(({ description }) => description).join(", ")}`,
    );
    t.equal(answer.queries.filter(({ query }) => NOT_RUN.has(series(query))).length, NOT_RUN.size);

    const elsewhere = await fleet(
      "cluster",
      "verify",
      "--repo",
      repo,
      "--loki",
      loki.url,
      "--prometheus",
      "http://127.0.0.1:1",
    );
    t.equal(elsewhere.code, 2);
    t.match(elsewhere.err, "cluster/query-failed");
  },
);

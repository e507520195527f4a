import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import t, { type Test } from "tap";
import { renderCluster, type RenderedCluster } from "../../src/generate/index.ts";
import { queryEntries, startLoki, type Loki } from "../../src/loki/index.ts";
import { defaultCluster, type Cluster } from "../../src/manifest/index.ts";
import { freePorts } from "../../src/process/index.ts";
import { ensureProgram } from "../../src/programs/index.ts";
import { writeJournal } from "../../src/ship/index.ts";

const env = process.env;
const FLEET = fileURLToPath(new URL("../../bin/fleet.js", import.meta.url));
const DAY = 86_400_000_000_000n;

/** What the runtime wrote for each container, without the time that each line begins with. */
const PODS: Readonly<Record<string, readonly string[]>> = {
  "monitoring_grafana-7f55f59754-4x2kd_0b6d2f0a-7a51-4c7f-9d0e-2f8f3a1b5c6d/grafana": [
    "stdout F grafana is up",
  ],
  "monitoring_loki-0_79c13372-0982-4698-ba75-3f60e259f0d1/loki": ["stderr F level=info msg=ready"],
  "default_log-generator_c9730e0e-eae2-4dc0-aaa6-41f8a67c0e1d/log-generator": [
    "stdout F tick 1",
    "stdout P a line that the runtime ",
    "stdout P cut into three ",
    "stdout F parts",
  ],
  "default_log-generator_c9730e0e-eae2-4dc0-aaa6-41f8a67c0e1d/side-car": ["stdout F beside it"],
  "kube-system_kube-proxy-x1y2z_0b6d2f0a-7a51-4c7f-9d0e-2f8f3a1b5c6d/kube-proxy": ["stderr F proxying"],
  "block-node_block-node-server-0_1f0e2d3c-4b5a-4c6d-8e7f-9a0b1c2d3e4f/server": [
    "stdout F block 1 verified",
    "stdout F an error in block 2",
  ],
};

const JOURNAL = [
  { MESSAGE: "k3s started", _SYSTEMD_UNIT: "k3s.service", SYSLOG_IDENTIFIER: "k3s", PRIORITY: "6" },
  { MESSAGE: "no such image", _SYSTEMD_UNIT: "docker.service", SYSLOG_IDENTIFIER: "dockerd", PRIORITY: "3" },
  { MESSAGE: "eth0: link up", SYSLOG_IDENTIFIER: "kernel", PRIORITY: "6" },
];

/** The lines that a query over what the node has is to give. */
const EXPECTED: readonly (readonly [logql: string, lines: readonly string[]])[] = [
  ['{pod="grafana-7f55f59754-4x2kd"}', ["grafana is up"]],
  ['{namespace="monitoring"}', ["grafana is up", "level=info msg=ready"]],
  ['{container="loki"}', ["level=info msg=ready"]],
  [
    '{namespace="default", pod="log-generator"}',
    ["a line that the runtime cut into three parts", "beside it", "tick 1"],
  ],
  ['{cluster="vm-cluster", unit="k3s.service"}', ["k3s started"]],
  ['{cluster="vm-cluster", unit="docker.service"}', ["no such image"]],
  ['{cluster="vm-cluster"} | priority = "err"', ["no such image"]],
  ['{cluster="vm-cluster", syslog_identifier="kernel"}', ["eth0: link up"]],
  ['{cluster="vm-cluster", namespace="block-node"}', ["an error in block 2", "block 1 verified"]],
  [
    '{cluster="vm-cluster", namespace="block-node", pod=~"block-node-server.*"}',
    ["an error in block 2", "block 1 verified"],
  ],
  ['{cluster="vm-cluster", namespace="block-node"} |= "error"', ["an error in block 2"]],
];

/** A directory that stands for a node's /, with its journal and the log files that its kubelet keeps. */
async function makeNode(t: Test): Promise<string> {
  const root = t.testdir({ var: { log: { journal: {}, pods: {} } } });
  const begun = Date.now() - 600_000;
  for (const [container, lines] of Object.entries(PODS)) {
    const file = join(root, "var/log/pods", container, "0.log");
    mkdirSync(dirname(file), { recursive: true });
    const stamped = lines.map((line, at) => `${new Date(begun + at * 1000).toISOString()} ${line}\n`);
    writeFileSync(file, stamped.join(""));
  }
  const entries = JOURNAL.map((entry, at) => ({
    ...entry,
    __REALTIME_TIMESTAMP: `${begun + at * 1000}000`,
    __MONOTONIC_TIMESTAMP: `${1_000_000 + at}`,
    _BOOT_ID: "b".repeat(32),
    _HOSTNAME: "node-1",
  }));
  await writeJournal(
    join(root, "var/log/journal"),
    entries,
    await ensureProgram("systemd-journal-remote", { env }),
  );
  return root;
}

function clusterWith(url: string, change: Partial<Cluster>): RenderedCluster {
  const cluster = defaultCluster("vm-cluster");
  if (cluster === undefined) throw new Error("vm-cluster is a name");
  const remote = { url: `${url}/loki/api/v1/push`, username: undefined, labelProfile: "eng" } as const;
  return renderCluster({
    ...cluster,
    modules: [...cluster.modules, "pod-logs", "block-node"],
    remotes: { prometheus: new Map(), loki: new Map([["local", remote]]) },
    ...change,
  });
}

/** Runs the configuration on the node with fleet's shipper until Loki has so many entries. */
async function shipUntil({
  rendered,
  root,
  loki,
  entries,
}: {
  rendered: RenderedCluster;
  root: string;
  loki: Loki;
  entries: number;
}): Promise<void> {
  const config = join(root, "config.alloy");
  writeFileSync(config, rendered.config.replaceAll("/var/log", join(root, "var/log")));
  const [port = 0] = await freePorts(1);
  const args = [
    `--storage.path=${join(root, "data")}`,
    `--server.http.listen-addr=127.0.0.1:${port}`,
    "--disable-reporting",
  ];
  const child = spawn(process.execPath, [FLEET, "ship", "run", config, ...args], {
    env: { ...env, NODE_NAME: "node-1" },
    stdio: ["ignore", "ignore", "pipe"],
  });
  let log = "";
  child.stderr.on("data", (chunk: Buffer) => (log += chunk.toString()));
  try {
    for (let tries = 0; (await linesOf(loki, '{cluster="vm-cluster"}')).length < entries; tries += 1) {
      if (tries === 120 || child.exitCode !== null) throw new Error(`not all arrived:\n${log}`);
      await wait(500);
    }
  } finally {
    child.kill("SIGTERM");
    if (child.exitCode === null) await once(child, "exit");
  }
}

async function linesOf(loki: Loki, logql: string): Promise<string[]> {
  const now = BigInt(Date.now()) * 1_000_000n;
  const found = await queryEntries({ url: loki.url }, logql, { start: now - DAY, end: now + DAY });
  return found.map(({ line }) => line).sort();
}

t.test("what is rendered ships a node's logs so that every documented query finds them", async (t) => {
  const loki = await startLoki({ env });
  t.teardown(() => loki.stop());
  const rendered = clusterWith(loki.url, {});
  await shipUntil({ rendered, root: await makeNode(t), loki, entries: 11 });
  for (const [logql, lines] of EXPECTED) t.same(await linesOf(loki, logql), lines, logql);
  for (const { name, queries } of rendered.modules) {
    for (const { query } of queries)
      t.ok((await linesOf(loki, query)).length > 0, `${name}: ${query} returns data`);
  }
});

t.test("with `cri: false` the runtime's prefix stays, and what it cut apart stays apart", async (t) => {
  const loki = await startLoki({ env });
  t.teardown(() => loki.stop());
  const rendered = clusterWith(loki.url, { cri: false });
  await shipUntil({ rendered, root: await makeNode(t), loki, entries: 13 });
  const lines = await linesOf(loki, '{container="log-generator"}');
  t.match(lines, [
    / stdout F tick 1$/,
    / stdout P a line that the runtime $/,
    / stdout P cut into three $/,
    / stdout F parts$/,
  ]);
});

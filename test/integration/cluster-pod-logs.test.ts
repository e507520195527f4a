import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import t, { type Test } from "tap";
import { renderCluster } from "../../src/generate/index.ts";
import { queryEntries, startLoki, type Loki } from "../../src/loki/index.ts";
import { parseManifest } from "../../src/manifest/index.ts";
import { findProgram } from "../../src/programs/index.ts";
import { ownVarLog, PodLogFiles, shipNode } from "../support/node-logs.ts";

t.setTimeout(300_000);

const env = process.env;
const GENERATOR = { namespace: "default", pod: "log-generator", container: "log-generator" };
const GRAFANA = { namespace: "monitoring", pod: "grafana-7f55f59754-4x2kd", container: "grafana" };
const LOKI = { namespace: "monitoring", pod: "loki-0", container: "loki" };
const LONG = ["x".repeat(16_384), "y".repeat(16_384), "end"];

/** What the files say after their prefix, whole lines whole. */
const WRITTEN = {
  generator: ['{"level":"info","n":1}', "", "  indented", "naïve – ünïcode"],
  grafana: ["logger=http.server t=1 level=info", 'level=error msg="no such dashboard"'],
  loki: ["level=info ts=2026-01-01 caller=main.go:1", LONG.join("")],
  later: ["after the start"],
  restarted: ["a second container"],
};

const varLog = join(t.testdir({}), "log");
await mkdir(varLog, { recursive: true });
const prefix = await ownVarLog(varLog);
const alloy = await findProgram("alloy", { env });

/** config.alloy of a cluster with nothing but pod logs. */
function configFor(loki: Loki, cri: boolean): string {
  const { fleet } = parseManifest(
    "fleet.yaml",
    `version: 1
loki: { url: "https://loki.example.com/loki/api/v1/push" }
channels: {}
hosts: {}
clusters:
  vm-cluster:
    modules: [core, pod-logs]
    cri: ${cri}
    remotes: { loki: { local: { url: "${loki.url}/loki/api/v1/push", labelProfile: none } } }
`,
  );
  const [cluster] = fleet?.clusters ?? [];
  if (cluster === undefined) throw new Error("the manifest is wrong");
  return renderCluster(cluster).config;
}

async function linesOf(loki: Loki, logql: string): Promise<string[]> {
  const now = BigInt(Date.now()) * 1_000_000n;
  const hour = 3_600_000_000_000n;
  const found = await queryEntries({ url: loki.url }, logql, { start: now - hour, end: now + hour });
  return found.map(({ line }) => line);
}

async function arrival(loki: Loki, logql: string, count: number): Promise<string[]> {
  for (let tries = 0; tries < 240; tries += 1) {
    const lines = await linesOf(loki, logql);
    if (lines.length >= count) return lines;
    await sleep(500);
  }
  return linesOf(loki, logql);
}

async function podLogsArrive(t: Test, program: string | undefined): Promise<void> {
  if (prefix === undefined) return;
  const files = new PodLogFiles(varLog);
  const own = join(varLog, "pods");
  await rm(own, { recursive: true, force: true });
  await files.write(GENERATOR, WRITTEN.generator);
  await files.write(GRAFANA, WRITTEN.grafana);
  await files.write(LOKI, [WRITTEN.loki[0] ?? "", LONG]);
  const loki = await startLoki({ env });
  t.teardown(() => loki.stop());
  const directory = t.testdir({});
  const alloyPath = program === undefined ? {} : { alloy: program };
  await shipNode(t, {
    config: configFor(loki, true),
    prefix,
    directory: join(directory, "cri"),
    ...alloyPath,
  });
  const all = '{namespace=~".+"}';
  await arrival(loki, all, 8);
  await files.write(GENERATOR, WRITTEN.later);
  await files.write({ ...LOKI, restarts: 1 }, WRITTEN.restarted);
  await arrival(loki, all, 10);

  const same = async (logql: string, expected: readonly string[]): Promise<void> => {
    t.same((await linesOf(loki, logql)).sort(), [...expected].sort(), logql);
  };
  await same('{pod="grafana-7f55f59754-4x2kd"}', WRITTEN.grafana);
  await same('{namespace="monitoring"}', [...WRITTEN.grafana, ...WRITTEN.loki, ...WRITTEN.restarted]);
  await same('{container="loki"}', [...WRITTEN.loki, ...WRITTEN.restarted]);
  await same('{namespace="default", pod="log-generator"}', [...WRITTEN.generator, ...WRITTEN.later]);

  // The document's exact form: no stage.cri.
  const exact = await startLoki({ env });
  t.teardown(() => exact.stop());
  await shipNode(t, {
    config: configFor(exact, false),
    prefix,
    directory: join(directory, "exact"),
    ...alloyPath,
  });
  const kept = await arrival(exact, '{pod="grafana-7f55f59754-4x2kd"}', 2);
  t.equal(kept.length, 2);
  for (const line of kept) t.match(line, /^\d{4}-\d\d-\d\dT[\d:.]+Z stdout F l/, "the prefix stays");
  const parts = await arrival(exact, '{container="loki"}', 5);
  t.equal(parts.length, 5, "lines that were cut apart stay apart");
}

const noVarLog =
  prefix === undefined
    ? { skip: "this machine gives a program no /var/log of its own (unshare --mount)" }
    : {};

t.test("the document's queries return exactly the pods' lines, by the embedded shipper", noVarLog, (t) =>
  podLogsArrive(t, undefined),
);

t.test(
  "the document's queries return exactly the pods' lines, by a real alloy",
  alloy === undefined ? { skip: "no alloy here" } : noVarLog,
  (t) => podLogsArrive(t, alloy?.path),
);

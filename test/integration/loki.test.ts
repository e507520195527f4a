import { chmodSync, existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import {
  checkAssertions,
  findSeries,
  labelNames,
  Pusher,
  queryEntries,
  queryVector,
  startLoki,
  type LokiEntry,
} from "../../src/loki/index.ts";

const env = process.env;
const now = BigInt(Date.now()) * 1_000_000n;
const hour = 3_600_000_000_000n;
const range = { start: now - 24n * hour, end: now + hour };

function entry(line: string, unit: string, timestamp: bigint): LokiEntry {
  const labels = { host: "nas", unit };
  return { labels, timestamp: String(timestamp), line, structured_metadata: { id: line }, tenant: null };
}

t.test("a real Loki gives back exactly what was pushed to it", async (t) => {
  const loki = await startLoki({ env, log: (line) => t.comment(line) });
  t.teardown(() => loki.stop());
  t.comment(loki.program.description);
  const connection = { url: loki.url };
  const pusher = new Pusher(connection, { batchSize: 4096 });
  const lines = Array.from({ length: 1200 }, (_, index) => `line ${index} é "quoted" \\ back`);
  for (const [index, line] of lines.entries()) {
    await pusher.push(
      entry(line, index % 3 === 0 ? "a.service" : "b.service", now - 20n * hour + BigInt(index >> 2)),
    );
  }
  await pusher.push(entry("two\nlines", "c.service", now));
  await pusher.flush();
  t.equal(pusher.sent, 1201);

  const found = await queryEntries(connection, '{host="nas", unit!="c.service"}', range, 100);
  t.same(found.map(({ line }) => line).sort(), [...lines].sort());
  t.same(found[0]?.labels, { host: "nas", unit: "a.service" });
  t.same(found[0]?.structured_metadata, { id: lines[0] });
  t.same(await labelNames(connection, '{host="nas"}', range), ["host", "unit"]);
  t.same((await findSeries(connection, '{host="nas"}', range)).map((series) => series["unit"]).sort(), [
    "a.service",
    "b.service",
    "c.service",
  ]);
  const counted = await queryVector(
    connection,
    'sum by (unit) (count_over_time({host="nas"}[48h]))',
    now + hour,
  );
  t.same(Object.fromEntries(counted.map(({ labels, value }) => [labels["unit"], value])), {
    "a.service": 400,
    "b.service": 800,
    "c.service": 1,
  });
  const counts = { "a.service": 400, "b.service": 800, "c.service": 1 };
  const results = await checkAssertions(
    connection,
    [
      { name: "counts", logql: '{host="nas"}', expect: { kind: "counts", by: "unit", counts } },
      { name: "none", logql: '{host="nas"} |~ "no such line"', expect: { kind: "none" } },
      { name: "lines", logql: '{unit="c.service"}', expect: { kind: "lines", lines: ["two\nlines"] } },
      { name: "wrong", logql: '{host="nas"} |= "line 1199 "', expect: { kind: "none" } },
    ],
    range,
  );
  t.same(
    results.map(({ ok }) => ok),
    [true, true, true, false],
  );
  t.match(results[3], { expected: 0, got: 1 });
});

t.test("a Loki of several tenants keeps them apart", async (t) => {
  const loki = await startLoki({ env, multiTenant: true });
  t.teardown(() => loki.stop());
  const pusher = new Pusher({ url: loki.url, tenant: "home" });
  await pusher.push(entry("at home", "a", now));
  await pusher.push({ ...entry("at work", "a", now), tenant: "work" });
  await pusher.flush();
  const lines = async (tenant: string): Promise<string[]> =>
    (await queryEntries({ url: loki.url, tenant }, '{host="nas"}', range)).map(({ line }) => line);
  t.same(await lines("home"), ["at home"]);
  t.same(await lines("work"), ["at work"]);
  await t.rejects(queryEntries({ url: loki.url }, '{host="nas"}', range), /status 401/);
});

t.test("a Loki that ends is an error with the last lines of its log", async (t) => {
  const loki = join(t.testdir(), "loki");
  writeFileSync(loki, '#!/bin/sh\n[ "$1" = --version ] && exit\necho "failed parsing config" >&2\nexit 1\n');
  chmodSync(loki, 0o755);
  await t.rejects(
    startLoki({ env, tools: { loki } }),
    /loki\/ended: .* ended with code 1.*\n?failed parsing config/,
  );
});

t.test("a Loki that never becomes ready is an error, and is ended", async (t) => {
  const root = t.testdir();
  const loki = join(root, "loki");
  const mark = join(root, "ended");
  writeFileSync(
    loki,
    `#!/bin/sh\n[ "$1" = --version ] && exit\ntrap 'echo > ${mark}; exit' TERM\necho starting\nwhile :; do sleep 0.1; done\n`,
  );
  chmodSync(loki, 0o755);
  await t.rejects(
    startLoki({ env, tools: { loki }, timeout: 500 }),
    /loki\/not-ready: .* 0\.5 s; .*\n?starting/,
  );
  t.ok(existsSync(mark));
});

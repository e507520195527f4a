import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import t, { type Test } from "tap";
import type { Outcome } from "../../src/pipeline/index.ts";
import { fleet } from "../support/fleet.ts";
import { matchGolden } from "../support/golden.ts";

const FIXTURES = join(import.meta.dirname, "../fixtures/explain");
const CONFIG = ["--config", join(FIXTURES, "config.alloy")];
const ENTRIES = ["--entries", join(FIXTURES, "entries.json")];
const PODS = join(import.meta.dirname, "../oracle/files/pods");

function outcomes(text: string): Outcome[] {
  return text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Outcome);
}

async function fileOf(t: Test, text: string, name = "file"): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "fleet-explain-"));
  t.teardown(() => rm(directory, { recursive: true, force: true }));
  await writeFile(join(directory, name), text);
  return join(directory, name);
}

t.test("the fate of each entry, for a person", async (t) => {
  const { code, out, err } = await fleet("explain", ...CONFIG, ...ENTRIES);
  t.equal(code, 0);
  t.equal(err, "");
  matchGolden(t, "explain/outcomes.txt", out);
});

t.test("--stages shows what each stage changed, no line wider than 80 columns", async (t) => {
  const { out } = await fleet("explain", ...CONFIG, ...ENTRIES, "--stages");
  matchGolden(t, "explain/stages.txt", out);
  t.same(
    out.split("\n").filter((line) => line.length > 80),
    [],
  );
});

t.test("--json prints one object an outcome and nothing else", async (t) => {
  const { code, out } = await fleet("explain", ...CONFIG, ...ENTRIES, "--json");
  t.equal(code, 0);
  t.match(outcomes(out), [
    {
      outcome: "sent",
      from: [0],
      labels: { host: "nas", job: "systemd-journal", coredump_unit: String },
      timestamp: /^\d{19}$/,
      line: / core dumped \(user: /,
      structured_metadata: {},
      tenant: null,
    },
    { outcome: "dropped", from: [1], stage: "stage.drop[0]", reason: "drop_stage" },
    { outcome: "sent", from: [2], labels: { unit: "session.scope" } },
  ]);
});

t.test("malformed lines are reported and counted, the others go on, and the exit code is 1", async (t) => {
  const good = '{"__REALTIME_TIMESTAMP":"1","MESSAGE":"m","_SYSTEMD_UNIT":"u"}';
  const file = await fileOf(t, `${good}\nnot json\n${good}`);
  const { code, out, err } = await fleet("explain", ...CONFIG, "--entries", file);
  t.equal(code, 1);
  t.match(err, /error\[pipeline\/malformed-entry\]: entry 2 is no JSON object/);
  t.match(out, /3 read, 2 sent, 0 dropped\n {2}1 malformed/);
});

t.test("an array of entries over several lines is read too", async (t) => {
  const file = await fileOf(t, '[\n {"__REALTIME_TIMESTAMP":"1","MESSAGE":"m"}\n]\n');
  t.equal(outcomes((await fleet("explain", ...CONFIG, "--entries", file, "--json")).out).length, 1);
});

t.test(
  "--files reads what the sources' globs find under the root, named as the machine names it",
  async (t) => {
    const config = await fileOf(
      t,
      `local.file_match "pods" { path_targets = [{__path__ = "/var/log/pods/*loki*/*/*.log"}] }
loki.source.file "pods" {
  targets    = local.file_match.pods.targets
  forward_to = [loki.write.out.receiver]
}
loki.write "out" { }`,
    );
    const { code, out } = await fleet("explain", "--config", config, "--files", PODS, "--json");
    t.equal(code, 0);
    const [first] = outcomes(out);
    t.match(first, { timestamp: null, labels: { filename: /^\/var\/log\/pods\/monitoring_loki/ } });
  },
);

t.test("compressed and differently encoded files are read as the source says", async (t) => {
  const file = await fileOf(t, "", "zipped.log.gz");
  const root = join(file, "..");
  await writeFile(file, gzipSync("one\r\ntwo"));
  await writeFile(join(root, "wide.log"), Buffer.from("\ufeffgr\u00fc\u00df\n", "utf16le"));
  await writeFile(
    join(root, "config.alloy"),
    `loki.source.file "zipped" {
  targets    = [{__path__ = "/zipped.log.gz"}]
  forward_to = [loki.write.out.receiver]
  decompression {
    enabled = true
    format  = "gz"
  }
}
loki.source.file "wide" {
  targets    = [{__path__ = "/wide.log"}]
  encoding   = "UTF-16LE"
  forward_to = [loki.write.out.receiver]
}
loki.write "out" { }`,
  );
  const { out } = await fleet("explain", "--config", join(root, "config.alloy"), "--files", root, "--json");
  t.match(outcomes(out), [{ line: "gr\u00fc\u00df" }, { line: "one" }, { line: "two" }]);
});

t.test("a directory is one configuration", async (t) => {
  const one = await fileOf(
    t,
    `loki.source.journal "a" { forward_to = [loki.write.out.receiver] }`,
    "a.alloy",
  );
  await writeFile(join(one, "../b.alloy"), `loki.write "out" { }`);
  const { code, out } = await fleet("explain", "--config", join(one, ".."), ...ENTRIES, "--json");
  t.equal(code, 0);
  t.equal(outcomes(out).length, 3);
});

t.test("--now makes max_age count", async (t) => {
  const { out } = await fleet("explain", ...CONFIG, ...ENTRIES, "--json", "--now", "2027-01-01T00:00:00Z");
  t.same(
    outcomes(out).map((outcome) => outcome.outcome === "dropped" && outcome.reason),
    ["max_age", "max_age", "max_age"],
  );
});

t.test("a faulty configuration exits 1, a faulty command line 2", async (t) => {
  const broken = await fileOf(t, `loki.process "x" { forward_to = [] stage.drop { } }`);
  const syntax = await fleet("explain", "--config", broken, ...ENTRIES);
  t.equal(syntax.code, 1);
  const empty = await fileOf(t, `loki.process "x" {\n forward_to = []\n stage.drop { }\n}`);
  const built = await fleet("explain", "--config", empty, ...ENTRIES);
  t.equal(built.code, 1);
  t.match(built.err, /:3:2: error\[pipeline\/bad-argument\]/);
  for (const argv of [
    ["explain", ...ENTRIES],
    ["explain", ...CONFIG],
    ["explain", ...CONFIG, ...ENTRIES, "-"],
    ["explain", ...CONFIG, ...ENTRIES, "--now", "soon"],
    ["explain", ...CONFIG, ...ENTRIES, "--alloy-version", "new"],
    ["explain", ...CONFIG, "--entries", "/nowhere/at/all"],
    ["explain", ...CONFIG, "--files", "/nowhere/at/all"],
    ["explain", "--config", "/nowhere/at/all", ...ENTRIES],
  ]) {
    t.equal((await fleet(...argv)).code, 2, argv.join(" "));
  }
});

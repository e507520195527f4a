import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { parse } from "yaml";
import { startLoki, type Loki } from "../../src/loki/index.ts";
import { ensureProgram } from "../../src/programs/index.ts";
import { proveShipping, type Proof, type RawEntry } from "../../src/ship/index.ts";

const env = process.env;
const FLAGSHIP = new URL("../oracle/cases/flagship_journal/", import.meta.url);
const configText = readFileSync(new URL("config.alloy", FLAGSHIP), "utf8");
const promtailConfig: unknown = parse(readFileSync(new URL("promtail.yaml", FLAGSHIP), "utf8"));

/** Proves a configuration in a Loki of its own. */
async function prove(
  text: string,
  more: { extraEntries?: RawEntry[]; promtailConfig?: unknown } = {},
): Promise<Proof> {
  const loki: Loki = await startLoki({ env });
  try {
    return await proveShipping({ configText: text, promtailConfig, host: "nas", loki, env, ...more });
  } finally {
    await loki.stop();
  }
}

t.test("the flagship pipeline ships a real journal into a real Loki as Promtail would", async (t) => {
  const proof = await prove(configText);
  for (const { name, ok, expected, got } of proof.assertions) t.ok(ok, name, { expected, got });
  t.ok(proof.ok);
  t.same(proof.limits, []);
  t.equal(proof.counts.dropped, 6);
  t.same(
    proof.programs.map(({ name }) => name),
    ["fleet ship", "systemd-journal-remote", "journalctl", "loki"],
  );
});

t.test("entries of the user's own are shipped and counted too", async (t) => {
  const entry = (MESSAGE: string, time: number): Record<string, string> => ({
    __REALTIME_TIMESTAMP: String(1_700_000_000_000_000 + time * 1_000_000),
    _HOSTNAME: "elsewhere",
    _TRANSPORT: "stdout",
    _SYSTEMD_UNIT: "mine.service",
    MESSAGE,
  });
  const own = [
    entry("a line of my own", 90_000),
    entry("refused connection: IN=lo", 90_001),
    entry("too old", 0),
  ];
  const proof = await prove(configText, { extraEntries: own });
  t.ok(proof.ok);
  t.match(proof.assertions[1]?.expected, { "mine.service": 1 });
  t.same(proof.limits, ["1 entries were left out: without a time, or older than max_age allows"]);
  t.match(proof.counts.byDrop[0], { dropped: 3 });
});

const MUTANTS: readonly (readonly [change: string, from: string, to: string, failing: RegExp])[] = [
  ["a drop that is missing", "^refused connection: IN=", "^never: IN=", /refused connection/],
  [
    "a label under another name",
    'target_label  = "host"',
    'target_label  = "hostname"',
    /all other entries arrive/,
  ],
  ["another job", "systemd-journal", "journal", /all other entries arrive/],
  ["a core dump that is not reshaped", "core dumped", "dumped core", /reshaped line/],
  ["a line with something added", "{{.msg}}{{end}}", "{{.msg}}.{{end}}", /every line is the entry's own/],
  ["sessions that keep their number", '"session.scope"', '""', /unit=session.scope instead|exact count/],
  [
    "a drop that takes too much",
    "^Invalid response packet from host",
    "^(Invalid|Server)",
    /all other entries arrive/,
  ],
  [
    "the line as JSON",
    'stage.output {\n\t\tsource = "msg"',
    'stage.output {\n\t\tsource = "none"',
    /reshaped line/,
  ],
];

t.test("each way of getting the pipeline wrong fails an assertion", async (t) => {
  for (const [change, from, to, failing] of MUTANTS) {
    const text = configText.replace(from, () => to);
    t.not(text, configText, `${change} changes the text`);
    const proof = await prove(text);
    t.notOk(proof.ok, change);
    const failed = proof.assertions.filter(({ ok }) => !ok).map(({ name }) => name);
    t.match(failed.join("\n"), failing, `${change}: ${failed.join("; ")}`);
  }
});

t.test(
  "where the proof cannot predict a stage it still asserts that entries arrive and noise does not",
  async (t) => {
    const config = structuredClone(promtailConfig) as { scrape_configs: [{ pipeline_stages: unknown[] }] };
    config.scrape_configs[0].pipeline_stages.unshift({ decolorize: null });
    const proof = await prove(configText, { promtailConfig: config });
    t.ok(proof.ok);
    t.match(proof.counts, { entries: 46, sent: 40, dropped: 6 });
    t.match(proof.limits, [/stage 1 \(decolorize\).* cannot be predicted/, /not asserted/]);
    const nothing = await prove(configText.replace("^refused connection: IN=", "."), {
      promtailConfig: config,
    });
    t.notOk(nothing.ok);
    t.match(nothing.counts, { sent: 0, dropped: 46 });
  },
);

t.test("a Loki that died is an error with its own reason, soon", async (t) => {
  const real = await ensureProgram("loki", { env });
  const root = t.testdir();
  const wrapper = join(root, "loki");
  const killed = join(root, "killed");
  writeFileSync(
    wrapper,
    `#!/bin/sh
[ "$1" = --version ] && exec ${real.path} "$1"
${real.path} "$@" &
until [ -e ${killed} ]; do sleep 0.1; done
kill -KILL $!
echo out of memory
exit 137
`,
  );
  chmodSync(wrapper, 0o755);
  const loki = await startLoki({ env, tools: { loki: wrapper } });
  t.teardown(() => loki.stop());
  loki.check();
  writeFileSync(killed, "");
  const proof = proveShipping({ configText, promtailConfig, host: "nas", loki, env });
  await t.rejects(proof, /loki\/ended: .* ended with code 137[^]*out of memory/);
});

t.test("a promtail configuration without a journal cannot be proven", async (t) => {
  const loki = await startLoki({ env });
  t.teardown(() => loki.stop());
  const config = { clients: [{}], scrape_configs: [{ static_configs: [] }] };
  const proof = proveShipping({ configText, promtailConfig: config, host: "nas", loki, env });
  await t.rejects(proof, /ship\/no-journal-scrape/);
});

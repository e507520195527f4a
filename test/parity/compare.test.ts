import { readFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { compare, type ParityReport } from "../../src/parity/index.ts";
import { convert, parsePromtail } from "../../src/promtail/index.ts";

const CASES = join(import.meta.dirname, "../oracle/cases");

function faithful(yaml: string): string {
  const { promtail, diagnostics } = parsePromtail("promtail.yaml", yaml);
  if (promtail === undefined) throw new Error(diagnostics[0]?.message);
  return convert(promtail, { faithful: true, legacyPositions: false }).text;
}

const FLAGSHIP = faithful(readFileSync(join(CASES, "flagship_journal/promtail.yaml"), "utf8"));

function against(promtail: string, alloy: string): ParityReport {
  return compare({ name: "promtail", text: promtail }, { name: "config.alloy", text: alloy });
}

/** The differences of a report as `role path: expected -> got (allowed)`. */
function differences(report: ParityReport): string[] {
  return report.components.flatMap(({ role, differences }) =>
    differences.map(
      ({ path, expected, got, allowed }) =>
        `${role} ${path}: ${expected ?? "-"} -> ${got ?? "-"}${allowed === undefined ? "" : ` (${allowed})`}`,
    ),
  );
}

const SMALL = `
loki.process "j" {
  forward_to = [loki.write.default.receiver]
  stage.drop { expression = "a" }
  stage.drop { expression = "b" }
  stage.output { source = "m" }
}
discovery.relabel "j" {
  targets = []
  rule { source_labels = ["__journal__hostname"] target_label = "host" }
}
loki.source.journal "j" {
  max_age = "12h0m0s"
  relabel_rules = discovery.relabel.j.rules
  forward_to = [loki.process.j.receiver]
  labels = { job = "systemd-journal", site = "a" }
}
loki.write "default" {
  endpoint {
    url = "http://loki/push"
    basic_auth {
      username = "u"
      password_file = "/p"
    }
  }
  external_labels = {}
}`.replace(/\) target_label|\] target_label/g, "]\n target_label");

const SAME: readonly [name: string, change: (text: string) => string][] = [
  ["the same text", (text) => text],
  ["another label", (text) => text.replaceAll('"j"', '"read"').replaceAll(".j.", ".read.")],
  ["a short duration", (text) => text.replace("12h0m0s", "12h")],
  [
    "written defaults",
    (text) => text.replace("url =", 'batch_wait = "1000ms"\n batch_size = "1024KiB"\n url ='),
  ],
  [
    "another order of attributes and keys",
    (text) => text.replace('job = "systemd-journal", site = "a"', 'site = "a", job = "systemd-journal"'),
  ],
  ["no empty map", (text) => text.replace("external_labels = {}", "")],
  ["no empty list of targets", (text) => text.replace("targets = []", "")],
  [
    "loki.relabel in place of discovery.relabel",
    (text) => text.replaceAll("discovery.relabel", "loki.relabel").replace("targets = []", "forward_to = []"),
  ],
  ["parentheses", (text) => text.replace('"http://loki/push"', '("http://loki/push")')],
  ["other components first", (text) => text.replace(/(loki\.process[^]*?\n\}\n)([^]*)/, "$2\n$1")],
];

for (const [name, change] of SAME) {
  t.test(`${name} makes no difference`, (t) => {
    const changed = change(SMALL);
    const report = against(SMALL, changed);
    t.same(report.diagnostics, []);
    t.ok(report.ok);
    t.strictSame(new Set(report.components.map(({ result }) => result)), new Set(["equal"]));
    t.end();
  });
}

const DIFFERENT: readonly [name: string, change: (text: string) => string, expected: string[]][] = [
  [
    "a changed expression",
    (text) => text.replace('"b"', '"c"'),
    ['process stage.drop[1].expression: "b" -> "c"'],
  ],
  [
    "a removed stage",
    (text) => text.replace('stage.drop { expression = "a" }', ""),
    ['process stage.drop[0]: stage.drop { expression = "a" } -> -'],
  ],
  [
    "an added stage",
    (text) =>
      text.replace('stage.output { source = "m" }', 'stage.output { source = "m" }\nstage.docker { }'),
    ["process stage.docker[0]: - -> stage.docker {  }"],
  ],
  [
    "another order of stages",
    (text) =>
      text.replace(/(stage\.drop \{ expression = "b" \})\s*(stage\.output \{ source = "m" \})/, "$2\n$1"),
    [
      'process stage.drop[1]: stage.drop { expression = "b" } -> -',
      'process stage.drop[1]: - -> stage.drop { expression = "b" }',
    ],
  ],
  [
    "a renamed label",
    (text) => text.replace('target_label = "host"', 'target_label = "hostname"'),
    ['relabel rule[0].target_label: "host" -> "hostname"'],
  ],
  [
    "a missing label",
    (text) => text.replace(', site = "a"', ""),
    ['source.journal labels: { job = "systemd-journal", site = "a" } -> { job = "systemd-journal" }'],
  ],
  [
    "rules that are not used",
    (text) => text.replace("relabel_rules = discovery.relabel.j.rules", ""),
    ["source.journal relabel_rules: discovery.relabel.j.rules -> -"],
  ],
  [
    "a pipeline that is passed by",
    (text) => text.replace("loki.process.j.receiver", "loki.write.default.receiver"),
    ["source.journal forward_to: [loki.process.j.receiver] -> [loki.write.default.receiver]"],
  ],
  [
    "a password in the open",
    (text) => text.replace('password_file = "/p"', 'password = "secret"'),
    [
      'write endpoint.basic_auth.password_file: "/p" -> -',
      'write endpoint.basic_auth.password: - -> "secret"',
    ],
  ],
];

for (const [name, change, expected] of DIFFERENT) {
  t.test(`${name} is a difference, and is named`, (t) => {
    const changed = change(SMALL);
    t.not(changed, SMALL, "the text was changed");
    const report = against(SMALL, changed);
    t.notOk(report.ok);
    t.same(differences(report), expected);
    t.equal(report.diagnostics.length, expected.length);
    t.ok(report.diagnostics.every(({ span }) => span?.file === "config.alloy"));
    t.end();
  });
}

t.test("a secret from the environment is the allowed difference `credential`", (t) => {
  const changed = SMALL.replace('password_file = "/p"', 'password = sys.env("LOKI_PASSWORD")');
  const report = against(SMALL, changed);
  t.ok(report.ok);
  t.same(differences(report), [
    'write endpoint.basic_auth.password: password_file = "/p" -> password = sys.env("LOKI_PASSWORD") (credential)',
  ]);
  t.equal(report.components.find(({ role }) => role === "write")?.result, "allowed");
  const strict = compare({ name: "a", text: SMALL }, { name: "b", text: changed }, { allow: [] });
  t.notOk(strict.ok, "it does not pass where it is not allowed");
  t.end();
});

t.test("taking over promtail's positions is the allowed difference `positions`", (t) => {
  const changed = SMALL.replace("max_age", 'legacy_position {\nfile = "/p"\nname = "j"\n}\nmax_age');
  const report = against(SMALL, changed);
  t.ok(report.ok);
  t.match(differences(report), [/\(positions\)$/]);
  t.end();
});

t.test("what alloy convert loses is the allowed difference `correction` where it is kept", (t) => {
  const yaml = "scrape_configs: [{job_name: j, journal: {matches: A=b, labels: {job: j}}}]";
  const { promtail } = parsePromtail("promtail.yaml", yaml);
  if (promtail === undefined) throw new Error("the configuration is refused");
  const converted = { name: "converted", text: convert(promtail).text };
  const corrected = { name: "corrected", text: faithful(yaml) };
  const got = { name: "config.alloy", text: corrected.text };
  t.notOk(compare(converted, got).ok);
  const report = compare(converted, got, { corrected });
  t.ok(report.ok);
  t.same(differences(report), ['source.journal matches: - -> "A=b" (correction)']);
  const wrong = { name: "config.alloy", text: corrected.text.replace("A=b", "A=c") };
  t.notOk(compare(converted, wrong, { corrected }).ok, "another value is no correction");
  t.end();
});

t.test("a component without counterpart is named on either side", (t) => {
  const extra = `${SMALL}\nloki.echo "x" { }`;
  t.equal(against(SMALL, extra).diagnostics[0]?.code, "parity/extra");
  t.equal(against(extra, SMALL).diagnostics[0]?.code, "parity/missing");
  t.end();
});

t.test("settings and metrics of the Alloy file are not compared", (t) => {
  const more = `${SMALL}
logging { level = "warn" }
prometheus.exporter.self "x" { }
discovery.relabel "metrics" { targets = prometheus.exporter.self.x.targets }
prometheus.scrape "x" {
  targets = discovery.relabel.metrics.output
  forward_to = []
}`;
  const report = against(SMALL, more);
  t.ok(report.ok);
  t.equal(report.components.length, against(SMALL, SMALL).components.length);
  t.end();
});

t.test("several sources of one kind belong to those they are most like", (t) => {
  const two = (first: string, second: string): string =>
    [first, second]
      .map((path, at) => `loki.source.journal "j${at}" {\npath = "${path}"\nforward_to = []\n}\n`)
      .join("");
  t.ok(against(two("/a", "/b"), two("/b", "/a")).ok);
  t.end();
});

t.test("a syntax error is reported as it is", (t) => {
  const report = against(SMALL, "loki.write {");
  t.notOk(report.ok);
  t.same(report.components, []);
  t.equal(report.diagnostics[0]?.span?.file, "config.alloy");
  t.end();
});

t.test("a hand-cleaned flagship configuration does what its promtail configuration does", (t) => {
  const handmade = readFileSync(join(CASES, "flagship_journal/config.alloy"), "utf8");
  const report = against(FLAGSHIP, handmade);
  t.same(differences(report), []);
  t.ok(report.ok);
  t.end();
});

t.test("each change of one line of the flagship pipeline is found in the stage where it is", (t) => {
  const lines = FLAGSHIP.split("\n");
  let mutants = 0;
  for (const [at, line] of lines.entries()) {
    const changed = line.replace(
      /"([^"\\]*)([a-z])(?=[^"\\]*"[,\]]?$)/i,
      (_, before: string) => `"${before}~`,
    );
    if (changed === line || !/=|^\t+"/.test(line) || /^\w/.test(line)) continue;
    mutants += 1;
    const report = against(FLAGSHIP, lines.with(at, changed).join("\n"));
    const [first] = report.diagnostics;
    t.notOk(report.ok, `line ${at + 1}: ${changed.trim()}`);
    const span = first?.span;
    t.ok(span !== undefined && span.start.line <= at + 1 && span.end.line >= at + 1, "at its place");
  }
  t.ok(mutants > 20, `${mutants} mutants`);
  t.end();
});

import { readFileSync } from "node:fs";
import t from "tap";
import { compareBehaviour, type BehaviourReport } from "../../src/parity/index.ts";
import type { JournalEntry } from "../../src/pipeline/index.ts";
import { parsePromtail, type Promtail } from "../../src/promtail/index.ts";
import { journalOf } from "../pipeline/oracle.ts";

const FLAGSHIP = new URL("../oracle/cases/flagship_journal/", import.meta.url);
const flagship = {
  promtail: readFileSync(new URL("promtail.yaml", FLAGSHIP), "utf8"),
  alloy: readFileSync(new URL("config.alloy", FLAGSHIP), "utf8"),
};

function readPromtail(text: string): Promtail {
  const { promtail } = parsePromtail("promtail.yaml", text);
  if (promtail === undefined) throw new Error("the promtail configuration is not read");
  return promtail;
}

function behaviour(alloy: string, promtail = flagship.promtail, journal = "host"): BehaviourReport {
  const options = { env: {}, alloyVersion: "1.18.1" };
  return compareBehaviour(
    readPromtail(promtail),
    { name: "config.alloy", text: alloy },
    journalOf(journal),
    options,
  );
}

/** Where each difference is, on either side. */
function stages(report: BehaviourReport): (string | undefined)[][] {
  return report.differences.map(({ stage }) => [stage.promtail?.stage, stage.alloy?.stage]);
}

t.test("two configurations that do the same have parity, whatever their components are called", (t) => {
  const report = behaviour(flagship.alloy);
  t.match(report, {
    ok: true,
    entries: journalOf("host").length,
    different: 0,
    differences: [],
    diagnostics: [],
  });
  t.end();
});

t.test("a changed stage is named, with its place, the entries and both traces", (t) => {
  const report = behaviour(flagship.alloy.replace("^refused connection: IN=", "^never"));
  t.notOk(report.ok);
  t.same(stages(report), [["stage.drop[0]", "stage.drop[0]"]]);
  const [difference] = report.differences;
  t.equal(difference?.entries.length, report.different);
  t.equal(difference?.example.promtail?.outcome, "dropped");
  t.equal(difference?.example.promtail?.trace?.at(-1)?.stage, "stage.drop[0]");
  t.equal(difference?.example.alloy?.trace?.at(-1)?.stage, "stage.output[0]");
  t.match(report.diagnostics, [
    {
      code: "parity/behaviour",
      message:
        /^loki\.process\.main stage\.drop\[0\] does something else .*promtail drops it .* Alloy sends it/,
      span: { file: "config.alloy", start: { line: 55 } },
    },
  ]);
  t.end();
});

const CHANGES: readonly (readonly [
  what: string,
  from: string | RegExp,
  to: string,
  promtail: string | undefined,
  alloy: string | undefined,
])[] = [
  [
    "a label under another name",
    'target_label  = "host"',
    'target_label = "machine"',
    "discovery.relabel.journal.rule[0]",
    "loki.relabel.journal.rule[0]",
  ],
  ["a static label", "systemd-journal", "journal", "loki.source.journal.journal", "loki.source.journal.read"],
  ["a stage that is gone", /\tstage\.output \{[^}]*\}\n/, "", "stage.output[0]", undefined],
  [
    "a stage too many",
    "\tstage.output {",
    '\tstage.decolorize { }\n\n\tstage.static_labels {\n\t\tvalues = {a = "b"}\n\t}\n\n\tstage.output {',
    undefined,
    "stage.static_labels[0]",
  ],
  [
    "a label that the writer adds",
    "\tendpoint {",
    '\texternal_labels = {a = "b"}\n\n\tendpoint {',
    "loki.write.default",
    "loki.write.out",
  ],
];

t.test("the first stage that differs is named, whichever it is", (t) => {
  for (const [what, from, to, promtail, alloy] of CHANGES) {
    const text = flagship.alloy.replace(from, to);
    t.not(text, flagship.alloy, `${what} changes the text`);
    t.same(stages(behaviour(text)), [[promtail, alloy]], what);
  }
  t.end();
});

t.test("lines that one side joins to others are compared with what they were joined to", (t) => {
  const multiline = (first: string): string =>
    flagship.alloy.replace(
      /\tstage\.json \{[^]*\n\t\}\n\}\n(?=\nloki\.write)/,
      `\tstage.multiline {\n\t\tfirstline = "${first}"\n\t\ttrim_newlines = false\n\t}\n}\n`,
    );
  const promtail = flagship.promtail.replace(
    /pipeline_stages:[^]*/,
    "pipeline_stages:\n  - multiline:\n      firstline: '.'\n",
  );
  t.same(stages(behaviour(multiline("."), promtail)), []);
  const report = behaviour(multiline("IN="), promtail);
  t.same(stages(report), [["stage.multiline[0]", "stage.multiline[0]"]]);
  t.match(report.diagnostics[0]?.message, /another line/);
  t.end();
});

t.test("what the two programs do differently with the same configuration may be, and is told", (t) => {
  const cases = new URL("../oracle/cases/", import.meta.url);
  const promtail = readFileSync(new URL("docker_basic/promtail.yaml", cases), "utf8");
  const alloy = readFileSync(new URL("docker_basic/config.alloy", cases), "utf8");
  const about = JSON.parse(readFileSync(new URL("docker_basic/case.json", cases), "utf8")) as {
    journal: string;
  };
  const report = behaviour(alloy, promtail, about.journal);
  t.ok(report.ok);
  t.equal(report.different, 3);
  t.match(report.differences, [
    {
      allowed: "program",
      stage: { promtail: { stage: "stage.docker[0]" }, alloy: { stage: "stage.docker[0]" } },
    },
  ]);
  t.same(report.diagnostics, []);
  t.end();
});

t.test("comparing ends where ten thousand outcomes have no counterpart", (t) => {
  const entries: JournalEntry[] = Array.from({ length: 20_000 }, (_, at) => ({
    fields: new Map([["MESSAGE", `line ${at}`]]),
    timestamp: BigInt(at),
  }));
  const text = flagship.alloy.replace("systemd-journal", "journal");
  const options = { env: {}, alloyVersion: "1.18.1" };
  const report = compareBehaviour(readPromtail(flagship.promtail), { name: "a", text }, entries, options);
  t.notOk(report.ok);
  t.equal(report.entries, 5001);
  t.equal(report.differences.length, 1);
  t.end();
});

t.test("a configuration that cannot be run is an error", (t) => {
  t.throws(() => behaviour("loki.process {"), { message: /./ });
  t.throws(() => behaviour(flagship.alloy.replace("^refused connection", "(")), /pipeline\/bad-argument/);
  t.end();
});

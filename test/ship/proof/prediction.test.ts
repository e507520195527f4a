import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import t from "tap";
import { parse } from "yaml";
import type { RawEntry } from "../../../src/ship/journal/entry.ts";
import { readPromtail, type Prediction } from "../../../src/ship/proof/prediction.ts";
import { promtailShape } from "../../../src/ship/proof/promtail-shape.ts";
import { readTemplate } from "../../../src/ship/proof/template.ts";

const ORACLE = fileURLToPath(new URL("../../oracle", import.meta.url));

interface Recorded {
  labels: Record<string, string>;
  timestamp: string;
  line: string;
}

function json(...path: string[]): unknown {
  return JSON.parse(readFileSync(join(ORACLE, ...path), "utf8"));
}

function comparable(labels: Readonly<Record<string, string>>, timestamp: string, line: string): string {
  return JSON.stringify([Object.entries(labels).sort(), timestamp, line]);
}

function time(entry: RawEntry): string {
  return `${String(entry["__REALTIME_TIMESTAMP"])}000`;
}

/** Cases whose whole configuration the proof can read; it must know these, or it has forgotten something. */
const READABLE = [
  "drop_expression_anchored",
  "drop_expression_line",
  "drop_label_value",
  "empty_pipeline",
  "flagship_discovery_rules",
  "flagship_journal",
  "journal_default_max_age",
  "journal_max_age_2h",
  "journal_no_job_label",
  "journal_no_labels_at_all",
  "label_drop",
  "label_keep",
  "labels_empty_overwrites",
  "regex_basic",
  "regex_flags_unicode",
  "static_labels",
  "syslog_module",
  "write_two_endpoints_external",
];

t.test("what the proof predicts is what the real Promtail sent", (t) => {
  const read: string[] = [];
  for (const name of readdirSync(join(ORACLE, "cases"))) {
    const directory = join(ORACLE, "cases", name);
    if (
      !existsSync(join(directory, "promtail.yaml")) ||
      !existsSync(join(directory, "expected.promtail.json"))
    )
      continue;
    const shape = promtailShape(parse(readFileSync(join(directory, "promtail.yaml"), "utf8")));
    if (shape.scrapes.length === 0) continue;
    const reading = readPromtail(shape);
    if (reading.unread.length > 0) continue;
    read.push(name);

    const about = json("cases", name, "case.json") as { journal: string; recorded_at: number };
    // The proof has recent entries only; here max_age is counted from the recording.
    const hours = Number(/^(\d+)h$/.exec(shape.scrapes[0]?.journal.max_age ?? "")?.[1]);
    const oldest = (about.recorded_at - hours * 3600) * 1e9;
    const entries = (json("journals", `${about.journal}.json`) as RawEntry[]).filter(
      (entry) => Number(time(entry)) >= oldest,
    );
    const arriving = entries.map((entry) => reading.predict(entry)).filter(({ arrives }) => arrives);
    const recorded = json("cases", name, "expected.promtail.json") as Recorded[];
    const lines = new Map(
      recorded.map(({ labels, timestamp, line }) => [comparable(labels, timestamp, ""), line]),
    );
    const predicted = arriving.map(({ entry, labels, line }: Prediction) =>
      comparable(
        labels,
        time(entry),
        line ?? lines.get(comparable(labels, time(entry), "")) ?? "no such entry",
      ),
    );
    const expected = recorded.map(({ labels, timestamp, line }) => comparable(labels, timestamp, line));
    t.same([...new Set(predicted)].sort(), [...new Set(expected)].sort(), name);
  }
  t.same(
    READABLE.filter((name) => !read.includes(name)),
    [],
  );
  t.end();
});

t.test("what the proof cannot predict is named, not guessed", (t) => {
  const config = {
    clients: [{ url: "http://a" }, { url: "http://b" }],
    scrape_configs: [
      {
        journal: { json: true, matches: "_SYSTEMD_UNIT=a.service" },
        relabel_configs: [{ action: "labelmap", regex: "__journal_(.*)" }],
        pipeline_stages: [
          { json: { expressions: { a: "nested.path" } } },
          { multiline: { firstline: "^a" } },
          { template: { source: "msg", template: "{{ .msg | ToUpper }}" } },
          { replace: { source: "unit", expression: "(a)", replace: "b" } },
          { drop: { source: "msg", older_than: "1h" } },
          { drop: { source: "msg", expression: "(?!a)" } },
        ],
      },
    ],
  };
  t.same(readPromtail(promtailShape(config)).unread, [
    "a second client",
    "journal.matches",
    "relabel rule 1 (labelmap)",
    "stage 1 (json)",
    "stage 2 (multiline)",
    "stage 3 (template)",
    "stage 4 (replace)",
    "stage 5 (drop)",
    "stage 6 (drop)",
  ]);
  t.end();
});

t.test("a template of a known shape is read, any other is not", (t) => {
  const values = new Map([
    ["exe", "/bin/a"],
    ["empty", ""],
  ]);
  const render = (text: string): string | undefined => readTemplate(text)?.((name) => values.get(name));
  t.equal(render("{{.exe}} dumped ({{ .uid }})"), "/bin/a dumped (<no value>)");
  t.equal(render("{{if .exe}}yes {{.exe}}{{else}}no{{end}}"), "yes /bin/a");
  t.equal(render("{{if .empty}}yes{{else}}no{{end}}"), "no");
  t.equal(render("{{ if .absent }}a\nb{{ else }}c\nd{{ end }}"), "c\nd");
  t.equal(render("{{ .exe | ToLower }}"), undefined);
  t.equal(render("{{if .a}}{{if .b}}x{{end}}{{else}}y{{end}}"), undefined);
  t.end();
});

import t from "tap";
import { isMalformed, parseJournalJson, splitJournalJson } from "../../src/pipeline/index.ts";
import { explain } from "./run.ts";

const written = { __REALTIME_TIMESTAMP: "5" };

t.test("field values are strings, bytes, repeated, or null", (t) => {
  const entry = parseJournalJson(
    JSON.stringify({
      ...written,
      __CURSOR: "c",
      MESSAGE: [104, 105, 255],
      REPEATED: ["first", "last"],
      BOTH: [[97], [98]],
      TOO_LONG: null,
      _PID: "1",
    }),
    0,
  );
  if (isMalformed(entry)) throw new Error(entry.message);
  t.equal(entry.timestamp, 5000n, "microseconds become nanoseconds");
  t.same(
    [...entry.fields],
    [
      ["MESSAGE", "hi\udcff"],
      ["REPEATED", "last"],
      ["BOTH", "b"],
      ["_PID", "1"],
    ],
  );
  t.end();
});

t.test("a malformed entry is a diagnostic that names it", (t) => {
  for (const text of ["{", "[]", "7", "null", "{}", '{"__REALTIME_TIMESTAMP":"soon"}']) {
    const result = parseJournalJson(text, 6);
    t.match(isMalformed(result) && result, { code: "pipeline/malformed-entry", message: /^entry 7 / }, text);
  }
  t.end();
});

t.test("entries come one a line or as one array", (t) => {
  t.same(splitJournalJson('{"a":"1"}\n\n{"a":"2"}\n'), ['{"a":"1"}', '{"a":"2"}']);
  t.same(splitJournalJson(' [{"a":"1"},\n{"a":"2"}]'), [{ a: "1" }, { a: "2" }]);
  t.end();
});

t.test(
  "format_as_json writes all fields sorted, escaped as Go does, bytes that are not UTF-8 as U+FFFD",
  (t) => {
    const config = `
loki.source.journal "a" {
  format_as_json = true
  forward_to     = [loki.write.out.receiver]
}
loki.write "out" { }`;
    const [outcome] = explain(config, [{ MESSAGE: [60, 255, 255, 62], _PID: "1", A: 'q"\u2028\t\b' }]);
    t.match(outcome, {
      line: String.raw`{"A":"q\"\u2028\t\u0008","MESSAGE":"\u003c\ufffd\ufffd\u003e","_PID":"1"}`,
    });
    t.end();
  },
);

t.test("labels of fields exist under Alloy's names, whether rules name them or go through all", (t) => {
  const config = (rules: string): string => `
loki.relabel "r" {
  forward_to = []
  ${rules}
}
loki.source.journal "a" {
  labels        = {job = "j"}
  relabel_rules = loki.relabel.r.rules
  forward_to    = [loki.write.out.receiver]
}
loki.write "out" { }`;
  const entry = { MESSAGE: "m", PRIORITY: "3", _SYSTEMD_UNIT: "u", _PID: "9" };
  const named = [
    "__journal_priority",
    "__journal_priority_keyword",
    "__journal__systemd_unit",
    "__journal___pid",
  ]
    .map((label, index) => `rule {\n source_labels = ["${label}"]\n target_label = "l${index}"\n}`)
    .join("\n");
  t.match(explain(config(named), [entry]), [{ labels: { job: "j", l0: "3", l1: "error", l2: "u" } }]);
  const mapped = `rule {\n action = "labelmap"\n regex = "__journal_+(.+)"\n}`;
  t.match(explain(config(mapped), [entry]), [
    {
      labels: {
        job: "j",
        message: "m",
        pid: "9",
        priority: "3",
        priority_keyword: "error",
        systemd_unit: "u",
      },
    },
  ]);
  t.end();
});

t.test("a rule that drops is named", (t) => {
  const config = `
loki.relabel "r" {
  forward_to = []
  rule {
    target_label = "x"
    replacement  = "y"
  }
  rule {
    source_labels = ["__journal__hostname"]
    regex         = "nas"
    action        = "keep"
  }
}
loki.source.journal "a" {
  relabel_rules = loki.relabel.r.rules
  forward_to    = [loki.write.out.receiver]
}
loki.write "out" { }`;
  t.match(explain(config, [{ MESSAGE: "m", _HOSTNAME: "web" }]), [
    {
      outcome: "dropped",
      in: "loki.source.journal.a",
      stage: "loki.relabel.r.rule[1]",
      reason: "relabel_rules",
    },
  ]);
  t.end();
});

t.test("an entry without MESSAGE, or without a label left, is dropped by the source", (t) => {
  const config = `
loki.relabel "r" {
  forward_to = []
  rule {
    action = "labeldrop"
    regex  = "job"
  }
}
loki.source.journal "a" {
  relabel_rules = loki.relabel.r.rules
  forward_to    = [loki.write.out.receiver]
}
loki.write "out" { }`;
  t.match(explain(config, [{ _PID: "1" }, { MESSAGE: "m" }]), [
    { reason: "no_message" },
    { reason: "no_labels" },
  ]);
  t.end();
});

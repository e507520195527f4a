import t from "tap";
import { explain, faults, withStages } from "./run.ts";

t.test("a dropped entry names its stage by kind and number, also inside match", (t) => {
  const config = withStages(`
  stage.drop { expression = "noise" }
  stage.match {
    selector = "{job=\\"test\\"} |= \\"deep\\""
    stage.drop { expression = "shallow" }
    stage.drop {
      expression          = "deep"
      drop_counter_reason = "too_deep"
    }
  }`);
  const outcomes = explain(config, ["noise", "deep", "fine"]);
  t.match(outcomes, [
    { outcome: "dropped", from: [0], in: "loki.process.main", stage: "stage.drop[0]", reason: "drop_stage" },
    {
      outcome: "dropped",
      from: [1],
      stage: "stage.match[0].stage.drop[1]",
      reason: "too_deep",
      detail: "the line matches deep",
    },
    { outcome: "sent", from: [2], line: "fine", labels: { job: "test" }, tenant: null, to: "loki.write.out" },
  ]);
  t.end();
});

t.test("joined lines carry the indices of all their entries", (t) => {
  const outcomes = explain(withStages(`stage.multiline { firstline = "^start" }`), [
    "start a",
    " b",
    "start c",
  ]);
  t.match(outcomes, [
    { from: [0, 1], line: "start a\n b", timestamp: "1000000000" },
    { from: [2], line: "start c" },
  ]);
  t.end();
});

t.test("a partial CRI line that nothing ends is dropped when the input ends", (t) => {
  const outcomes = explain(withStages(`stage.cri { }`), [
    "2026-01-01T00:00:00Z stdout P one ",
    "2026-01-01T00:00:01Z stdout F two",
    "2026-01-01T00:00:02Z stderr P lost",
  ]);
  t.match(outcomes, [
    { outcome: "sent", from: [0, 1], line: "one two", labels: { job: "test", stream: "stdout" } },
    { outcome: "dropped", from: [2], stage: "stage.cri[0]", reason: "partial_line" },
  ]);
  t.end();
});

t.test("a trace has one step for the source and one a stage, with what it changed", (t) => {
  const config = withStages(`
  stage.regex { expression = "(?P<user>\\\\w+)$" }
  stage.labels { values = {user = ""} }`);
  const [outcome] = explain(config, ["hello ann"], { trace: true });
  t.match(outcome?.trace, [
    { stage: /^loki\.source\.journal\./, before: { labels: {} }, after: { labels: { job: "test" } } },
    {
      stage: "stage.regex[0]",
      before: { extracted: { job: "test" } },
      after: { extracted: { job: "test", user: "ann" } },
    },
    {
      stage: "stage.labels[0]",
      before: { labels: { job: "test" } },
      after: { labels: { job: "test", user: "ann" } },
    },
  ]);
  t.equal(outcome?.trace?.length, 3);
  t.equal(explain(config, ["hello ann"])[0]?.trace, undefined, "and none is kept unasked");
  t.end();
});

t.test("a receiver that two components feed, and one that forwards to two, give each entry twice", (t) => {
  const config = `
loki.source.journal "a" { forward_to = [loki.process.x.receiver, loki.write.one.receiver] }
loki.process "x" {
  forward_to = [loki.write.two.receiver]
  stage.static_labels { values = {via = "x"} }
}
loki.write "one" { external_labels = {site = "north", job = "external"} }
loki.write "two" { }`;
  t.match(explain(config, ["m"]), [
    { to: "loki.write.two", labels: { job: "loki.source.journal.a", via: "x" } },
    { to: "loki.write.one", labels: { job: "loki.source.journal.a", site: "north" } },
  ]);
  t.notMatch(explain(config, ["m"])[1], { labels: { via: "x" } }, "a branch does not see the other's labels");
  t.end();
});

t.test("max_age counts only when the present is given, and is measured against it", (t) => {
  const config = `
loki.source.journal "a" {
  max_age    = "1s"
  forward_to = [loki.write.out.receiver]
}
loki.write "out" { }`;
  t.equal(explain(config, ["old", "new"]).filter(({ outcome }) => outcome === "sent").length, 2);
  t.match(explain(config, ["old", "new"], { now: 2_500_000_000n }), [
    { outcome: "dropped", from: [0], reason: "max_age", stage: "loki.source.journal.a" },
    { outcome: "sent", from: [1] },
  ]);
  t.end();
});

t.test("older_than without the present is measured against the newest entry", (t) => {
  const config = withStages(`stage.drop { older_than = "2s" }`);
  const outcomes = explain(config, ["1", "2", "3", "4"], { newest: 4_000_000_000n });
  t.same(
    outcomes.map(({ outcome }) => outcome),
    ["dropped", "sent", "sent", "sent"],
  );
  t.end();
});

t.test("the job label is Alloy's own unless labels has one; 1.19 overwrites even that", (t) => {
  const config = `
loki.source.journal "a" {
  labels     = {job = "mine"}
  forward_to = [loki.write.out.receiver]
}
loki.write "out" { }`;
  t.match(explain(config, ["m"]), [{ labels: { job: "mine" } }]);
  t.match(explain(config, ["m"], { alloyVersion: "1.19.0" }), [{ labels: { job: "loki.source.journal.a" } }]);
  t.end();
});

t.test("duplicate times are kept apart from 1.17 on", (t) => {
  const config = withStages(`
  stage.static_labels { values = {at = "2026-01-01T00:00:00Z"} }
  stage.match {
    selector = "{job=\\"test\\"}"
    stage.timestamp {
      source = "at"
      format = "RFC3339"
    }
  }`);
  const times = (alloyVersion: string): unknown[] =>
    explain(config, ["a", "b"], { alloyVersion }).map(
      (outcome) => outcome.outcome === "sent" && outcome.timestamp,
    );
  t.same(times("1.18.1"), ["1767225600000000000", "1767225600000000001"]);
  t.same(times("1.16.0"), ["1767225600000000000", "1767225600000000000"]);
  t.end();
});

t.test("expressions reach environment, strings, lists and other components' exports", (t) => {
  const config = `
loki.source.journal "a" {
  labels = {
    env  = coalesce(sys.env("NONE"), sys.env("STAGE"), "dev"),
    name = string.format("%s-%d", string.to_upper("ab"), 1 + 2 * 3),
    data = encoding.from_json("{\\"k\\": [\\"x\\", \\"y\\"]}")["k"][1],
    list = string.join(array.concat(["a"], ["b"]), "+"),
    same = string.trim_prefix("prefix", "pre"),
  }
  forward_to = concat([loki.write.out.receiver], [])
}
loki.write "out" { }`;
  t.match(explain(config, ["m"], { env: { STAGE: "prod" } }), [
    { labels: { data: "y", env: "prod", list: "a+b", name: "AB-7", same: "fix" } },
  ]);
  t.end();
});

t.test("what cannot be built is an error at the argument", (t) => {
  t.match(faults(withStages(`stage.regex { expression = "(" }`)), [
    /^pipeline\/bad-argument 9: .*missing closing \)/,
  ]);
  t.match(faults(withStages(`stage.drop { }`)), [/at least one of source, expression/]);
  t.match(faults(withStages(`stage.match { selector = "{job=\`x\`}" }`)), [
    /unexpected "`", expecting a string in double quotes/,
  ]);
  t.match(faults(withStages(`stage.template {\n source = "a"\n template = "{{ .a" \n}`)), [
    /failed to compile template: unclosed action/,
  ]);
  t.match(faults(withStages(`stage.template {\n source = "a"\n template = "{{ uuidv4 }}" \n}`)), [
    /uuidv4 is not evaluated offline/,
  ]);
  t.match(faults(withStages(`stage.json { expressions = {a = "b["} }`)), [
    /could not compile JMES expression/,
  ]);
  t.match(faults(withStages(`stage.nonsense { }`)), [/no stage.nonsense/]);
  t.match(faults(withStages(`stage.limit { rate = 1 }`)), [/burst is missing/]);
  t.match(faults(`loki.source.journal "a" { forward_to = [loki.write.none.receiver] }`), [
    /loki.write.none.receiver does not exist/,
  ]);
  t.end();
});

t.test("components in a circle, twice defined, or not evaluated offline are named", (t) => {
  const circle = `
loki.source.journal "a" { forward_to = [loki.process.x.receiver] }
loki.process "x" { forward_to = [loki.process.y.receiver] }
loki.process "y" { forward_to = [loki.process.x.receiver] }`;
  t.match(faults(circle), [/^pipeline\/cycle .*loki.process.x -> loki.process.y -> loki.process.x/]);
  t.match(faults(`loki.write "a" { }\nloki.write "a" { }`), [/^pipeline\/duplicate-component 2/]);
  t.match(faults(`loki.source.syslog "s" { forward_to = [] }`), [
    /^pipeline\/not-simulated 1: loki.source.syslog.s is not fed/,
    /no-source/,
  ]);
  t.end();
});

t.test("input that is hostile is no crash: the stage leaves its key unset", (t) => {
  const deep = `{"a":${"[".repeat(200_000)}${"]".repeat(200_000)}}`;
  const config = withStages(`
  stage.json { expressions = {a = "", b = "a"} }
  stage.template {
    source   = "big"
    template = "{{ repeat 2000000000 .Entry }}"
  }
  stage.template {
    source   = "deep"
    template = "{{ fromJson .Entry | toJson }}"
  }`);
  t.match(explain(config, [deep, `{"a":[1,{"b":null}]}`], { trace: true }), [
    { outcome: "sent", trace: [{}, { after: { extracted: { a: undefined } } }] },
    { outcome: "sent", trace: [{}, { after: { extracted: { a: '[1,{"b":null}]' } } }] },
  ]);
  t.match(explain(config, [{ MESSAGE: "m", X: JSON.parse("[".repeat(50_000) + "]".repeat(50_000)) }]), [
    { line: "m" },
  ]);
  t.end();
});

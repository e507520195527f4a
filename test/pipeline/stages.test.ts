import t from "tap";
import type { Outcome } from "../../src/pipeline/index.ts";
import { explain, withStages } from "./run.ts";

/** The extracted map after the last stage. */
function extracted(outcome: Outcome | undefined): unknown {
  return outcome?.trace?.at(-1)?.after?.extracted;
}

const MESSAGE = [
  "An account was logged on.",
  "Subject:\r\n\tSecurity ID:\t\tS-1\r\n\tPackage Name (NTLM only):\t-",
  "Privileges:\t\tSeOne\r\n\t\t\tSeTwo",
  "This text has no pairs",
].join("\r\n\r\n");

t.test(
  "stage.windowsevent prefixes the keys of a section with its title and joins values over lines",
  (t) => {
    const config = withStages(`
  stage.regex { expression = "(?s)(?P<message>.*)" }
  stage.windowsevent { }`);
    t.match(extracted(explain(config, [MESSAGE], { trace: true })[0]), {
      Description: "An account was logged on.",
      Subject_SecurityID: "S-1",
      "Subject_PackageName(NTLMonly)": "-",
      Privileges: "SeOne,SeTwo",
    });
    t.end();
  },
);

t.test("stage.eventlogmessage makes label names of keys, and keeps what is there", (t) => {
  const config = (arguments_: string): string =>
    withStages(`
  stage.regex { expression = "(?s)(?P<message>.*)" }
  stage.eventlogmessage { ${arguments_} }`);
  const message = "Logon Type: 5\r\njob:  other \r\nnothing";
  t.match(extracted(explain(config(""), [message], { trace: true })[0]), {
    Logon_Type: "5",
    job: "test",
    job_extracted: "other",
  });
  t.match(extracted(explain(config("overwrite_existing = true"), [message], { trace: true })[0]), {
    job: "other",
  });
  const dropped = extracted(explain(config("drop_invalid_labels = true"), [message], { trace: true })[0]);
  t.notOk(Object.hasOwn(dropped as object, "Logon_Type"));
  t.end();
});

t.test(
  "stage.json drops what is no object when told to, and fails on a path without failing the entry",
  (t) => {
    const config = withStages(`
  stage.json {
    expressions    = {n = "length(a)", deep = "a[0].b || 'none'"}
    drop_malformed = true
  }`);
    const outcomes = explain(config, ["[1]", '{"a":5}', '{"a":[{"b":"x"}]}'], { trace: true });
    t.match(outcomes[0], { outcome: "dropped", stage: "stage.json[0]", reason: "malformed" });
    t.same(
      extracted(outcomes[1]),
      { deep: "none", job: "test" },
      "length of a number fails: the key stays unset",
    );
    t.same(extracted(outcomes[2]), { deep: "x", job: "test", n: 1 });
    t.end();
  },
);

t.test("stage.drop counts bytes, not characters", (t) => {
  const config = withStages(`stage.drop { longer_than = "4B" }`);
  t.same(
    explain(config, ["abcd", "ab\u00fc", "ab\u00fcc"]).map(({ outcome }) => outcome),
    ["sent", "sent", "dropped"],
  );
  t.end();
});

t.test("stage.limit lets the burst pass, for each label value of its own", (t) => {
  const config = withStages(`
  stage.regex {
    expression         = "^(?P<app>\\\\w)"
    labels_from_groups = true
  }
  stage.limit {
    rate          = 1
    burst         = 1
    drop          = true
    by_label_name = "app"
  }`);
  t.same(
    explain(config, ["a1", "b1", "a2", "b2", "-"]).map(({ outcome }) => outcome),
    ["sent", "sent", "dropped", "dropped", "sent"],
  );
  t.end();
});

t.test("stage.sampling keeps the share it is told", (t) => {
  const config = withStages(`stage.sampling { rate = 0.25 }`);
  const kept = explain(config, Array.from({ length: 100 }, String)).filter(
    ({ outcome }) => outcome === "sent",
  );
  t.equal(kept.length, 25);
  t.end();
});

t.test("stage.truncate names what it cut, in the order of the rules", (t) => {
  const config = withStages(`
  stage.truncate {
    rule { limit = "5B" }
    rule {
      limit       = "3B"
      suffix      = "~"
      source_type = "label"
    }
  }`);
  const [outcome] = explain(config, ["a long line"], { trace: true });
  t.match(outcome, { line: "a lon", labels: { job: "te~" } });
  t.match(extracted(outcome), { truncated: "label,line" });
  t.end();
});

t.test("a replace rule whose target is no label name changes nothing", (t) => {
  const config = `
loki.relabel "r" {
  forward_to = []
  rule {
    source_labels = ["__journal_message"]
    target_label  = "not-a-name"
  }
}
loki.source.journal "a" {
  labels        = {job = "j"}
  relabel_rules = loki.relabel.r.rules
  forward_to    = [loki.write.out.receiver]
}
loki.write "out" { }`;
  const [outcome] = explain(config, ["m"]);
  t.same(outcome?.outcome === "sent" && outcome.labels, { job: "j" });
  t.end();
});

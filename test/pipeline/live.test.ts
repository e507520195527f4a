import t from "tap";
import { parse } from "../../src/alloy/index.ts";
import { compile, type Outcome, type Pipeline } from "../../src/pipeline/index.ts";

function live(text: string, clock: () => bigint, files: string[] = []): Pipeline {
  const { file } = parse("config.alloy", text);
  const { pipeline, diagnostics } = compile(file, { alloyVersion: "1.18.1", env: {}, clock, files });
  if (pipeline === undefined) throw new Error(JSON.stringify(diagnostics));
  return pipeline;
}

function lines(outcomes: readonly Outcome[]): string[] {
  return outcomes.map((one) => (one.outcome === "sent" ? one.line : `dropped: ${one.reason}`));
}

const SECOND = 1_000_000_000n;

t.test(
  "a block that multiline holds is let go when max_wait_time is over, and its stream starts anew",
  (t) => {
    let now = 100n * SECOND;
    const pipeline = live(
      `loki.process "p" {
	forward_to = []
	stage.multiline {
		firstline     = "^START"
		max_wait_time = "3s"
	}
	forward_to = [loki.write.out.receiver]
}
loki.write "out" { }`.replace("	forward_to = []\n", ""),
      () => now,
    );
    const push = (line: string): string[] =>
      lines(
        pipeline.pushEntry(
          "loki.process.p",
          { line, timestamp: now, labels: new Map([["a", "b"]]), structuredMetadata: new Map() },
          0,
        ),
      );
    t.same(push("START 1"), []);
    now += 2n * SECOND;
    t.same(push("more"), []);
    now += 2n * SECOND;
    t.same(lines(pipeline.tick()), [], "2 s after the newest line it waits");
    now += SECOND;
    t.same(lines(pipeline.tick()), ["START 1\nmore"]);
    t.same(push("passes"), ["passes"], "a line before the next first line");
    t.end();
  },
);

t.test("max_age and tail_from_end are the reader's business", (t) => {
  const pipeline = live(
    `loki.source.journal "one" {
	max_age    = "1h"
	forward_to = [loki.write.out.receiver]
}
loki.source.journal "two" {
	forward_to = [loki.write.out.receiver]
}
loki.source.file "f" {
	targets       = [{__path__ = "/a.log"}]
	tail_from_end = true
	forward_to    = [loki.write.out.receiver]
}
loki.write "out" { }`,
    () => 1_000_000n * SECOND,
    ["/a.log"],
  );
  const entry = { fields: new Map([["MESSAGE", "old"]]), timestamp: 1n };
  t.equal(pipeline.pushJournal(entry, 0).length, 2);
  t.match(pipeline.pushJournal(entry, 0, "loki.source.journal.two"), [
    { outcome: "sent", labels: { job: "loki.source.journal.two" } },
  ]);
  t.same(lines(pipeline.pushFileLine("/a.log", "line", 0, "loki.source.file.f")), ["line"]);
  t.same(pipeline.pushFileLine("/a.log", "line", 0, "loki.source.file.other"), []);
  t.end();
});

t.test("files that come later are read by those who look for them", (t) => {
  const pipeline = live(
    `local.file_match "pods" {
	path_targets = [{__path__ = "/pods/*.log", app = "x"}]
}
discovery.relabel "pods" {
	targets = local.file_match.pods.targets
	rule {
		source_labels = ["__path__"]
		regex         = "/pods/(.*).log"
		target_label  = "pod"
	}
}
loki.source.file "f" {
	targets    = discovery.relabel.pods.output
	forward_to = [loki.write.out.receiver]
}
loki.write "out" { }`,
    () => 1n,
  );
  t.same([...pipeline.patterns], ["/pods/*.log"]);
  t.same(pipeline.tails, []);
  pipeline.seeFiles(["/pods/a.log", "/pods/b.txt", "/pods/c.log"]);
  t.match(pipeline.tails, [
    { component: "loki.source.file.f", path: "/pods/a.log", fromEnd: false },
    {
      path: "/pods/c.log",
      labels: new Map([
        ["app", "x"],
        ["filename", "/pods/c.log"],
        ["pod", "c"],
      ]),
    },
  ]);
  t.same(lines(pipeline.pushFileLine("/pods/c.log", "line", 0)), ["line"]);
  pipeline.seeFiles([]);
  t.same(pipeline.tails, []);
  t.end();
});

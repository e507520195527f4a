import { readFileSync } from "node:fs";
import t from "tap";
import { parse } from "../../src/alloy/index.ts";
import { countEntries, graphOf, renderSvg } from "../../src/graph/index.ts";
import { compile, isMalformed, parseJournalJson, type Outcome } from "../../src/pipeline/index.ts";
import { corpus } from "../../src/ship/index.ts";
import { matchGolden } from "../support/golden.ts";
import { CONFIGURATION } from "../support/verify.ts";

function outcomesOf(text: string): Outcome[] {
  const { pipeline } = compile(parse("c.alloy", text).file, { alloyVersion: "1.18.1", env: {}, trace: true });
  const outcomes = corpus("nas", 1_700_000_000_000_000n).flatMap((raw, index) => {
    const entry = parseJournalJson(raw, index);
    return isMalformed(entry) ? [] : (pipeline?.pushJournal(entry, index) ?? []);
  });
  return [...outcomes, ...(pipeline?.flush() ?? [])];
}

const BRANCHES = `
loki.source.journal "j" {
	forward_to = [loki.process.a.receiver, loki.process.b.receiver]
	labels     = { job = "j" }
}
loki.process "a" {
	forward_to = [loki.write.w.receiver]
	stage.static_labels {
		values = { way = "a" }
	}
	stage.match {
		selector = "{job=\\"j\\"} |= \\"<html>&\\""
		stage.drop {
			expression = "."
		}
	}
}
loki.process "b" {
	forward_to = [loki.write.w.receiver, loki.write.other.receiver]
}
loki.write "w" { endpoint { url = "http://w" } }
loki.write "other" { endpoint { url = "http://o" } }
logging { level = "info" }
`;

t.test("the example's pipeline is drawn with what becomes of the built-in entries", (t) => {
  const graph = graphOf([parse(CONFIGURATION.file, CONFIGURATION.text).file]);
  const counts = countEntries(graph, outcomesOf(CONFIGURATION.text));
  t.equal(counts.entries, corpus("nas", 0n).length);
  t.equal(counts.sent + counts.dropped, counts.entries);
  t.equal(counts.edges.get("loki.source.journal.journal loki.process.journal"), counts.entries);
  t.equal(counts.edges.get("loki.process.journal loki.write.default"), counts.sent);
  const lost = [...counts.stages.values()].reduce((sum, { dropped }) => sum + dropped, 0);
  t.equal(lost, counts.dropped, "each entry that is not sent is dropped by one stage");
  matchGolden(t, "graph/example.svg", renderSvg(graph, { title: CONFIGURATION.file, counts }));
  t.end();
});

t.test("branches, nested stages and components without stages are drawn, and each entry counts once", (t) => {
  const graph = graphOf([parse("branches.alloy", BRANCHES).file]);
  t.notOk(graph.nodes.some(({ id }) => id === "logging"));
  const counts = countEntries(graph, outcomesOf(BRANCHES));
  t.equal(counts.edges.get("loki.source.journal.j loki.process.a"), counts.entries);
  const dropped = counts.stages.get("loki.process.a stage.match[0].stage.drop[0]")?.dropped ?? 0;
  t.equal(dropped, 1);
  t.equal(counts.edges.get("loki.process.a loki.write.w"), counts.entries - dropped);
  t.equal(counts.edges.get("loki.process.b loki.write.w"), counts.entries, "the other way is open");
  matchGolden(t, "graph/branches.svg", renderSvg(graph, { title: "branches.alloy", counts }));
  matchGolden(t, "graph/plain.svg", renderSvg(graph, { title: "branches.alloy" }));
  t.end();
});

t.test("a circle is drawn, and so is a configuration without anything to draw", (t) => {
  const circle = `loki.process "a" { forward_to = [loki.process.b.receiver] }
loki.process "b" { forward_to = [loki.process.a.receiver] }`;
  t.match(renderSvg(graphOf([parse("c.alloy", circle).file]), { title: "c" }), /loki\.process\.b/);
  t.match(renderSvg(graphOf([parse("e.alloy", "").file]), { title: "<e>" }), "&lt;e&gt;");
  t.end();
});

t.test("text of a configuration cannot leave its place in the picture", (t) => {
  const text = readFileSync(new URL("../golden/graph/plain.svg", import.meta.url), "utf8");
  t.match(text, "|= &quot;&lt;html&gt;&amp;&quot;");
  t.notMatch(text, "<html>");
  t.end();
});

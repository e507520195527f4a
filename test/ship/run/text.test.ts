import t from "tap";
import { logfmt, Logger } from "../../../src/ship/run/logger.ts";
import { componentLabels, Metrics } from "../../../src/ship/run/metrics.ts";
import { parseAddress } from "../../../src/ship/run/server.ts";

t.test("values of log lines are quoted where they have to be", (t) => {
  t.equal(logfmt({ a: "x", b: "two words", c: 'a"b', d: "", e: 3 }), 'a=x b="two words" c="a\\"b" d="" e=3');
  t.equal(logfmt({ err: "line\nbreak", url: "http://x/?a=b" }), 'err="line\\nbreak" url="http://x/?a=b"');
  t.end();
});

t.test("a level leaves out what is below it, also of loggers made before", (t) => {
  const lines: string[] = [];
  const log = new Logger((line) => lines.push(line));
  const inner = log.with({ component_id: "loki.write.out" });
  inner.debug("no");
  log.level = "error";
  inner.warn("no");
  inner.error("yes", { status: 1 });
  t.match(lines, [/^ts=\S+Z level=error msg=yes component_id=loki\.write\.out status=1$/]);
  t.equal(lines.length, 1);
  t.end();
});

t.test("metrics are in Prometheus' text format, values escaped", (t) => {
  const metrics = new Metrics();
  const labels = { ...componentLabels("loki.write.out"), tenant: 'a"b\\c\n' };
  metrics.get("loki_write_sent_entries_total").add(labels, 2);
  metrics.get("loki_write_sent_entries_total").add(labels);
  t.match(
    metrics.text(),
    `# TYPE loki_write_sent_entries_total counter
loki_write_sent_entries_total{component_id="loki.write.out",component_path="/",tenant="a\\"b\\\\c\\n"} 3
`,
  );
  t.end();
});

t.test("an address is HOST:PORT, the host may be left out", (t) => {
  t.same(parseAddress("127.0.0.1:12345"), { host: "127.0.0.1", port: 12_345 });
  t.same(parseAddress("[::1]:80"), { host: "::1", port: 80 });
  t.same(parseAddress(":0"), { host: "::", port: 0 });
  for (const bad of ["127.0.0.1", "a:b", "a:99999", "a b:1", ""]) t.equal(parseAddress(bad), undefined, bad);
  t.end();
});

import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t, { type Test } from "tap";
import { format } from "../../src/alloy/index.ts";
import type { Program } from "../../src/programs/index.ts";
import { runRealAlloy } from "../../src/ship/real-alloy.ts";
import { redirect } from "../../src/ship/redirect.ts";

const CONFIG = `loki.source.journal "read" {
	max_age    = "12h"
	forward_to = [loki.write.out.receiver]
}

loki.source.journal "other" {
	path       = "/var/log/journal" // the default
	forward_to = [loki.write.out.receiver]
}

loki.write "out" {
	endpoint {
		url = "https://loki.example.com/loki/api/v1/push"

		basic_auth {
			username = "promtail@example.com"
			password = sys.env("LOKI_PASSWORD")
		}
	}
	external_labels = {}
}
`;

/** A program in the place of alloy: serves metrics that grow for a while, and keeps what it was called with. */
function fakeAlloy(
  t: Test,
  body: string,
): { alloy: Program; called: () => { args: string[]; config: string; password: string } } {
  const root = t.testdir();
  const script = join(root, "alloy.mjs");
  const calls = join(root, "calls.json");
  writeFileSync(
    script,
    `import { createServer } from "node:http";
     import { readFileSync, writeFileSync } from "node:fs";
     const args = process.argv.slice(2);
     const config = readFileSync(args.at(-1), "utf8");
     writeFileSync(${JSON.stringify(calls)}, JSON.stringify({ args, config, password: process.env.LOKI_PASSWORD }));
     const [host, port] = args.find((arg) => arg.startsWith("--server.http.listen-addr=")).split("=")[1].split(":");
     const began = Date.now();
     const entries = () => Math.min(7, Math.floor((Date.now() - began) / 60));
     ${body}`,
  );
  const path = join(root, "alloy");
  writeFileSync(path, `#!/bin/sh\nexec ${process.execPath} ${script} "$@"\n`);
  chmodSync(path, 0o755);
  return {
    alloy: {
      name: "alloy",
      path,
      version: "1.18.1",
      origin: "PATH",
      description: "alloy 1.18.1 (from PATH)",
    },
    called: () =>
      JSON.parse(readFileSync(calls, "utf8")) as { args: string[]; config: string; password: string },
  };
}

const SERVES = `createServer((request, response) => response.end(request.url === "/metrics"
  ? 'loki_source_journal_target_lines_total{component_id="a"} ' + entries() + '\\n' +
    'loki_write_sent_entries_total{host="x"} ' + Math.max(0, entries() - 2) + '\\n' +
    'loki_process_dropped_lines_total{reason="drop_stage"} 1\\nloki_process_dropped_lines_total{reason="match_stage"} 1\\n'
  : "ready")).listen(Number(port), host);`;

t.test("only the journal's path and the push URL change in a configuration", (t) => {
  const config = { file: "config.alloy", text: CONFIG };
  const changed = redirect(config, { journal: "/tmp/journal", url: "http://127.0.0.1:1/push" });
  const expected = CONFIG.replace('"/var/log/journal"', '"/tmp/journal"')
    .replace('"https://loki.example.com/loki/api/v1/push"', '"http://127.0.0.1:1/push"')
    .replace('"read" {', '"read" {\npath = "/tmp/journal"\n');
  t.equal(changed, expected);
  t.match(redirect(config, { journal: "/j" }), /url = "https:\/\/loki\.example\.com/);
  const marked = redirect(
    { ...config, text: 'loki.write "out" {\n\tendpoint { url = "http://a/push" }\n}\n' },
    { journal: "/j", url: "http://b/push", tenant: "fleet", label: { name: "by", value: "alloy" } },
  );
  t.same(format("config.alloy", marked).diagnostics, [], "blocks of one line stay blocks");
  t.match(marked, 'external_labels = { by = "alloy" }');
  t.match(
    redirect(config, { journal: "/j", label: { name: "by", value: "x" } }),
    'external_labels = { by = "x",}',
  );
  const computed = { ...config, text: CONFIG.replace("external_labels = {}", "external_labels = local.x.y") };
  t.throws(
    () => redirect(computed, { journal: "/j", label: { name: "by", value: "x" } }),
    /ship\/labels-unreadable/,
  );
  t.throws(() => redirect({ ...config, text: "loki.write {" }, { journal: "/j" }), /alloy\//);
  t.end();
});

t.test("a real Alloy is run until its counts stand still", async (t) => {
  const { alloy, called } = fakeAlloy(t, SERVES);
  const report = await runRealAlloy({
    alloy,
    config: { file: "config.alloy", text: CONFIG },
    journal: "/tmp/journal",
    url: "http://127.0.0.1:1/loki/api/v1/push",
    env: { ...process.env, LOKI_PASSWORD: "hunter2" },
    quiet: 400,
  });
  t.same(report, { read: 7, sent: 5, dropped: 2 });
  t.equal(called().args[0], "run");
  t.ok(called().args.includes("--disable-reporting"));
  t.match(called().config, /url = "http:\/\/127\.0\.0\.1:1\/loki\/api\/v1\/push"/);
  t.equal(called().password, "hunter2");
  t.notMatch(called().args.join(" ") + called().config, /hunter2/);
});

t.test("an Alloy that ends is an error with its last lines", async (t) => {
  const { alloy } = fakeAlloy(
    t,
    'console.error("Error: could not perform the initial load successfully"); process.exit(1);',
  );
  const config = { file: "config.alloy", text: CONFIG };
  const failure = runRealAlloy({ alloy, config, journal: "/j", url: "http://127.0.0.1:1", env: process.env });
  await t.rejects(
    failure,
    /ship\/agent-failed: alloy ended; its last lines:\nError: could not perform the initial load/,
  );
});

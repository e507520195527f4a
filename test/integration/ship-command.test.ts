import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import t from "tap";
import { checkAssertions, startLoki } from "../../src/loki/index.ts";
import { run } from "../../src/process/index.ts";
import { ensureProgram } from "../../src/programs/index.ts";
import { writeJournal } from "../../src/ship/index.ts";
import { corpus } from "../../src/ship/proof/corpus.ts";

const env = process.env;
const FLEET = fileURLToPath(new URL("../../bin/fleet.js", import.meta.url));
const CONFIG = fileURLToPath(new URL("../oracle/cases/flagship_journal/config.alloy", import.meta.url));

async function fleet(...args: string[]): Promise<{ exitCode: number; stdout: string; stderr: string }> {
  return run(process.execPath, [FLEET, ...args]);
}

t.test("fleet ship carries a journal directory into Loki", async (t) => {
  const loki = await startLoki({ env });
  t.teardown(() => loki.stop());
  const journal = join(t.testdir(), "journal");
  const entries = corpus("nas", BigInt(Date.now()) * 1000n);
  await writeJournal(journal, entries, await ensureProgram("systemd-journal-remote", { env }));

  const { exitCode, stdout, stderr } = await fleet(
    ...["ship", "--config", CONFIG, "--journal", journal, "--url", loki.url, "--with", "alloy", "--json"],
  );
  t.equal(exitCode, 0, stderr);
  const report = JSON.parse(stdout) as { shipper: string; read: number; sent: number };
  t.match(report, { read: entries.length, sent: entries.length - 6 });
  if (report.shipper === "embedded") t.match(stdout, /ship\/alloy-missing/);
  const now = BigInt(Date.now()) * 1_000_000n;
  const results = await checkAssertions(
    { url: loki.url },
    [
      { name: "all", logql: '{job="systemd-journal"}', expect: { kind: "count", count: entries.length - 6 } },
      { name: "sessions", logql: '{unit="session.scope"}', expect: { kind: "count", count: 3 } },
    ],
    { start: now - 3_600_000_000_000n, end: now },
  );
  t.same(
    results.map(({ ok }) => ok),
    [true, true],
  );
});

t.test("a journal directory that is not there is exit code 2 with journalctl's reason", async (t) => {
  const { exitCode, stderr } = await fleet(
    "ship",
    "--config",
    CONFIG,
    "--journal",
    "/no/such/journal",
    "--url",
    "http://x",
  );
  t.equal(exitCode, 2);
  t.match(stderr, /error\[process\/failed\]: .*journalctl ended with code 1: .*\/no\/such\/journal/);
});

t.test("fleet leaves no Loki behind when it is killed", async (t) => {
  const directory = t.testdir();
  const program = join(directory, "start.mjs");
  const index = new URL("../../src/loki/index.ts", import.meta.url).href;
  writeFileSync(
    program,
    `import { startLoki } from ${JSON.stringify(index)};
     const loki = await startLoki({ env: process.env });
     console.log(loki.url);
     process.kill(process.pid, "SIGKILL");`,
  );
  const { stdout } = await run(process.execPath, [program], { env: { TMPDIR: directory } });
  const url = stdout.trim();
  t.match(url, /^http:\/\/127\.0\.0\.1:\d+$/);
  const deadline = Date.now() + 15_000;
  const answers = (): Promise<boolean> =>
    fetch(`${url}/ready`).then(
      () => true,
      () => false,
    );
  while ((await answers()) && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 100));
  t.notOk(await answers());
});

import { readFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { parse } from "../../src/alloy/index.ts";
import { pushUrl, queryEntries, startLoki } from "../../src/loki/index.ts";
import { compilePromtail } from "../../src/parity/index.ts";
import {
  compile,
  isMalformed,
  parseJournalJson,
  type Compiled,
  type Outcome,
} from "../../src/pipeline/index.ts";
import { ensureProgram, type Program } from "../../src/programs/index.ts";
import { parsePromtail } from "../../src/promtail/index.ts";
import {
  corpus,
  readJournal,
  runRealPromtail,
  ship,
  writeJournal,
  type RawEntry,
} from "../../src/ship/index.ts";
import { asSeenByLoki } from "../pipeline/oracle.ts";

const env = process.env;
const CASES = new URL("../oracle/cases/", import.meta.url);

/** A real Promtail, or the reason why there is none on this machine. */
async function findPromtail(): Promise<Program | string> {
  try {
    return await ensureProgram("promtail", { env });
  } catch (caught) {
    return caught instanceof Error ? caught.message : String(caught);
  }
}

const promtail = await findPromtail();

/** What a model makes of the journal, as Loki would show it. */
async function model(
  { pipeline, diagnostics }: Compiled,
  journal: string,
  journalctl: Program,
): Promise<readonly string[]> {
  if (pipeline === undefined) throw new Error(JSON.stringify(diagnostics));
  const outcomes: Outcome[] = [];
  for await (const raw of readJournal(journal, journalctl)) {
    const entry = parseJournalJson(raw, 0);
    if (!isMalformed(entry)) outcomes.push(...pipeline.pushJournal(entry, 0));
  }
  return asSeenByLoki([...outcomes, ...pipeline.flush()]);
}

/** Lines as Docker's json-file driver writes them, and two that are not quite so. */
function dockerLines(now: bigint): RawEntry[] {
  const time = new Date(Number(now / 1000n) - 60_000).toISOString();
  return [
    { log: "whole\n", stream: "stdout", time },
    { log: "no time", stream: "stdout" },
    { stream: "stdout", time },
  ].map((line, at) => ({
    __REALTIME_TIMESTAMP: String(now - 1_000_000n * BigInt(30 - at)),
    _SYSTEMD_UNIT: "docker.service",
    MESSAGE: JSON.stringify(line),
  }));
}

/** Recorded configurations, and whether Promtail and Alloy differ over them on this journal. */
const CONFIGURATIONS = [
  { name: "flagship_journal", differs: false },
  { name: "docker_basic", differs: true },
];

for (const { name, differs } of CONFIGURATIONS) {
  t.test(
    `real Promtail and fleet ship send what both models say of a real journal: ${name}`,
    typeof promtail === "string" ? { skip: promtail } : {},
    async (t) => {
      if (typeof promtail === "string") return;
      const remote = await ensureProgram("systemd-journal-remote", { env });
      const journalctl = await ensureProgram("journalctl", { env });
      const journal = join(t.testdir(), "journal");
      const now = BigInt(Date.now()) * 1000n;
      const entries = [...corpus("nas", now), ...dockerLines(now)];
      await writeJournal(journal, entries, remote);
      const loki = await startLoki({ env, multiTenant: true });
      t.teardown(() => loki.stop());

      const before = readFileSync(new URL(`${name}/promtail.yaml`, CASES), "utf8");
      const after = readFileSync(new URL(`${name}/config.alloy`, CASES), "utf8");
      const config = { file: "config.alloy", text: after };
      const url = pushUrl(loki.url);
      const report = await runRealPromtail({
        promtail,
        config: before,
        journal,
        url,
        tenant: "promtail",
        env,
      });
      t.equal(report.read, entries.length, "Promtail read the whole journal");
      const to = { connection: { url: loki.url, tenant: "fleet" } };
      await ship(readJournal(journal, journalctl), { config, env, to });

      const arrived = async (tenant: string): Promise<readonly string[]> => {
        const range = { start: (now - 48n * 3_600_000_000n) * 1000n, end: (now + 3_600_000_000n) * 1000n };
        return asSeenByLoki(await queryEntries({ url: loki.url, tenant }, '{job="systemd-journal"}', range));
      };
      const parsed = parsePromtail("promtail.yaml", before).promtail;
      if (parsed === undefined) throw new Error("promtail.yaml is not read");
      const ofPromtail = await model(compilePromtail(parsed, { env, now: now * 1000n }), journal, journalctl);
      const options = { env, now: now * 1000n, alloyVersion: "1.18.1" };
      const ofAlloy = await model(compile(parse("config.alloy", after).file, options), journal, journalctl);

      t.ok(ofPromtail.length > 10, "something is sent");
      t.same(await arrived("promtail"), ofPromtail, "what Promtail sent is what its model says");
      t.same(await arrived("fleet"), ofAlloy, "what fleet ship sent is what Alloy's model says");
      t.equal(
        JSON.stringify(ofPromtail) !== JSON.stringify(ofAlloy),
        differs,
        "the two differ only as recorded",
      );
    },
  );
}

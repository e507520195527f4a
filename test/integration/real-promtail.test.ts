import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { ensureProgram } from "../../src/programs/index.ts";
import { corpus } from "../../src/ship/index.ts";
import { fleet } from "../support/fleet.ts";

const CASES = join(import.meta.dirname, "../oracle/cases");

/** Why there is no real Promtail on this machine; undefined where there is one. */
async function missing(): Promise<string | undefined> {
  try {
    await ensureProgram("promtail", { env: process.env });
    return undefined;
  } catch (caught) {
    return caught instanceof Error ? caught.message : String(caught);
  }
}

const skip = await missing();
const options = skip === undefined ? {} : { skip };

/** What `fleet parity --json` says of what arrived. */
interface Document {
  ok: boolean;
  real: {
    journal: { entries: number };
    sides: { name: string; streams: number; entries: number }[];
    checks: { left: string; right: string; ok: boolean; equal: number; different: number; allowed: number }[];
  };
  diagnostics: { code: string; message: string }[];
}

async function parity(name: string, alloy: string, ...more: string[]): Promise<Document & { code: number }> {
  const argv = ["--promtail", join(CASES, name, "promtail.yaml"), "--alloy", alloy, ...more];
  const { code, out, err } = await fleet("parity", ...argv, "--with", "promtail,alloy,loki", "--json");
  if (code === 2) throw new Error(err);
  return { code, ...(JSON.parse(out) as Document) };
}

t.test(
  "real Promtail and fleet ship send of one real journal to one real Loki what both models say",
  options,
  async (t) => {
    const { code, real } = await parity("flagship_journal", join(CASES, "flagship_journal/config.alloy"));
    t.equal(code, 0);
    const [first] = real.sides;
    t.match(first?.name, /^promtail 3\./);
    t.ok(
      (first?.entries ?? 0) > 30 && (first?.entries ?? 0) < real.journal.entries,
      "some are sent, some dropped",
    );
    for (const side of real.sides)
      t.match(side, { streams: first?.streams, entries: first?.entries }, side.name);
    t.equal(real.checks.length, 3);
    for (const check of real.checks) t.match(check, { ok: true, equal: first?.entries, different: 0 });
  },
);

/** Lines as Docker's json-file driver writes them, and two that are not quite so. */
function dockerLines(now: bigint): object[] {
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

t.test("what the two programs do differently by themselves is seen and allowed", options, async (t) => {
  const now = BigInt(Date.now()) * 1000n;
  const entries = join(t.testdir({}), "entries.json");
  const lines = [...corpus("nas", now), ...dockerLines(now)];
  writeFileSync(entries, lines.map((entry) => JSON.stringify(entry)).join("\n"));
  const { code, real } = await parity(
    "docker_basic",
    join(CASES, "docker_basic/config.alloy"),
    "--entries",
    entries,
  );
  t.equal(code, 0);
  const [promtail, alloy, both] = real.checks;
  t.match(promtail, { ok: true, different: 0 });
  t.match(alloy, { ok: true, different: 0 });
  t.ok((both?.different ?? 0) > 0, "the malformed lines come out differently");
  t.equal(both?.allowed, both?.different);
});

t.test("a stage that is not Promtail's shows in what arrives, and fails", options, async (t) => {
  const text = readFileSync(join(CASES, "flagship_journal/config.alloy"), "utf8");
  const alloy = join(t.testdir({}), "config.alloy");
  writeFileSync(alloy, text.replace("^refused connection: IN=", "^never"));
  const { code, real, diagnostics } = await parity("flagship_journal", alloy);
  t.equal(code, 1);
  t.same(
    real.checks.map(({ ok }) => ok),
    [true, true, false],
    "each program does what its model says, and they differ",
  );
  t.match(
    diagnostics.find((one) => one.code === "parity/arrived")?.message,
    /2 entries differ, first: only the latter has .*refused connection: IN=/,
  );
});

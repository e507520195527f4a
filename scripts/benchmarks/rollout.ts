/**
 * Planning and status of a rollout of many hosts, half of them moved: seconds and memory of `fleet status`, and what of
 * it reading the manifest, reading the journal and planning take.
 *
 *   scripts/bench rollout [--hosts 1000] [--wave 50]
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { loadFleet } from "../../src/repository/index.ts";
import { planRollout } from "../../src/rollout/plan.ts";
import { readRollout, statusOf, withJournal } from "../../src/rollout/index.ts";

const { values } = parseArgs({
  options: { hosts: { type: "string", default: "1000" }, wave: { type: "string", default: "50" } },
});
const [count, size] = [Number(values.hosts), Number(values.wave)];
const program = join(import.meta.dirname, "../../bin/fleet.js");
const root = realpathSync(mkdtempSync(join(tmpdir(), "fleet-bench-")));

/** A repository with so many hosts, and a journal in which the first half of them went through every step. */
async function prepare(): Promise<number> {
  const names = Array.from({ length: count }, (_, at) => `host-${String(at).padStart(4, "0")}`);
  const waves = Array.from({ length: Math.ceil((count - 1) / size) }, (_, at) =>
    names.slice(1 + at * size, 1 + (at + 1) * size),
  );
  mkdirSync(join(root, "modules/promtail"), { recursive: true });
  mkdirSync(join(root, ".git"));
  writeFileSync(join(root, "modules/promtail/default.nix"), "{ }\n");
  for (const name of names) {
    mkdirSync(join(root, "hosts", name), { recursive: true });
    writeFileSync(join(root, "hosts", name, "configuration.nix"), "{ }\n");
  }
  const moved = new Set([...names.slice(0, 1), ...waves.slice(0, waves.length / 2).flat()]);
  const rows = names.map((name) =>
    moved.has(name)
      ? `  ${name}: { channel: "26.05", ship: alloy, from: { promtail: modules/promtail } }`
      : `  ${name}: { channel: "26.05", ship: promtail }`,
  );
  const rollout = `rollout: { canary: ${names[0] ?? ""}, waves: ${JSON.stringify(waves)}, verify: { soak: 0s } }`;
  writeFileSync(
    join(root, "fleet.yaml"),
    `version: 1\nloki: { url: "https://l/p" }\nchannels: { "26.05": {} }\nhosts:\n${rows.join("\n")}\n${rollout}\n`,
  );
  return withJournal(root, { command: "bench", breakLock: false }, (journal) => {
    const done = (
      step: "generate" | "gate" | "commit" | "deploy" | "verify",
      wave: number,
      hosts: readonly string[],
    ): number => {
      journal.append({ phase: "begun", step, wave, hosts });
      return journal.append({ phase: "done", step, wave, hosts, commit: "0".repeat(40) }).seq;
    };
    let records = 0;
    for (const [at, hosts] of [names.slice(0, 1), ...waves.slice(0, waves.length / 2)].entries()) {
      for (const step of ["generate", "gate", "commit"] as const) done(step, at, hosts);
      for (const host of hosts)
        for (const step of ["deploy", "verify"] as const) records = done(step, at, [host]);
    }
    return records;
  });
}

async function best(work: () => unknown): Promise<number> {
  let least = Infinity;
  for (let round = 0; round < 5; round++) {
    const begun = performance.now();
    await work();
    least = Math.min(least, performance.now() - begun);
  }
  return least;
}

try {
  const records = await prepare();
  const { fleet } = await loadFleet(root);
  const { state } = readRollout(root);
  const now = new Date();
  const plan = () =>
    planRollout({
      fleet,
      state,
      canaryCommitted: true,
      wave: undefined,
      resume: false,
      through: "verify",
      now,
    });
  const rows: [string, number][] = [
    ["reading fleet.yaml", await best(() => loadFleet(root))],
    ["reading the journal", await best(() => readRollout(root))],
    ["planning", await best(plan)],
    ["status", await best(() => statusOf(fleet, state, now, undefined))],
  ];
  const command = (...options: string[]) =>
    spawnSync(process.execPath, [...options, program, "status", "--json", "--repo", root], {
      encoding: "utf8",
      maxBuffer: 1e9,
    });
  rows.push(["`fleet status --json`, the whole process", await best(() => command())]);
  const { stderr, status } = command("--import", join(import.meta.dirname, "report-memory.ts"));
  if (status !== 0) throw new Error(stderr);
  console.log(`node ${process.version}, ${count} hosts in waves of ${size}, ${records} records; best of 5\n`);
  console.log("| what | milliseconds |\n| --- | ---: |");
  for (const [name, milliseconds] of rows) console.log(`| ${name} | ${milliseconds.toFixed(0)} |`);
  const peak = Number(/^peak memory: (\d+)$/m.exec(stderr)?.[1]);
  console.log(
    `\nfleet status had ${Math.round(peak / 1024)} MiB at most; ${plan().waves.length} waves are planned`,
  );
} finally {
  rmSync(root, { recursive: true, force: true });
}

/**
 * How fast src/pipeline is: the flagship pipeline over a journal, fed with JSON and with journalctl in front, as a
 * library, as `fleet explain` and as `fleet ship`, beside a real Promtail that reads the same journal into the same
 * sink. One thing runs at a time; ratios hold within a run.
 */
import { spawn, type ChildProcess, type StdioOptions } from "node:child_process";
import { once } from "node:events";
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { freePorts } from "../../src/process/index.ts";
import { ensureProgram, findProgram } from "../../src/programs/index.ts";
import { renderTable } from "../../src/report/index.ts";
import { benchmarkJournal } from "./pipeline/journal.ts";
import { startSink } from "./pipeline/sink.ts";
import { Watch, type Usage } from "./pipeline/usage.ts";

/** The core that what is measured on one core is pinned to. */
const CORE = "1";
const PROMTAIL = "Promtail";
/** Milliseconds without a push after which Promtail is given up. */
const PATIENCE = 120_000;
const root = join(import.meta.dirname, "../..");
const fleet = [process.execPath, join(root, "bin/fleet.js")] as const;
const engine = [process.execPath, join(import.meta.dirname, "pipeline/engine.ts")] as const;

interface Measure extends Usage {
  name: string;
  seconds: number;
}

const { values } = parseArgs({ options: { entries: { type: "string", default: "1000000" } } });
const count = Number(values.entries);
const log = (line: string): void => console.error(line);
const options = { env: process.env, log };
const journalctl = (await ensureProgram("journalctl", options)).path;
const remote = (await ensureProgram("systemd-journal-remote", options)).path;
const { directory, json } = await benchmarkJournal(count, join(tmpdir(), "fleet-bench-pipeline"), {
  remote,
  journalctl,
});
const print = [journalctl, "--directory", directory, "-o", "json", "--all", "--no-pager", "--quiet"] as const;

// So that what runs is ended too.
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(2));
const sink = await startSink();
const scratch = mkdtempSync(join(tmpdir(), "fleet-bench-"));
const config = join(scratch, "config.alloy");
writeFileSync(config, flagship("config.alloy"));
const measures: Measure[] = [];
try {
  await measureAll();
  report();
} finally {
  sink.stop();
  rmSync(scratch, { recursive: true, force: true });
}

async function measureAll(): Promise<void> {
  const told: string[] = [];
  const quiet: StdioOptions = ["ignore", "ignore", "inherit"];
  const explain = [...fleet, "explain", "--config", config, "--entries", json, "--json"];
  const ship = [
    ...fleet,
    "ship",
    "--config",
    config,
    "--journal",
    directory,
    "--url",
    `http://${sink.address}`,
  ];
  await measure("journalctl -o json alone", () => [start(print, quiet)]);
  await measure("engine, one core, fed with JSON", () => [fed(pinned(engine), told)]);
  const promtail = await findProgram("promtail", options);
  if (promtail === undefined)
    log("Promtail is not measured: it is neither on PATH nor built yet by scripts/test");
  else await measurePromtail(promtail.path, told);
  await measure("journalctl | engine, one core", () => piped(told));
  await measure("fleet explain --json, one core", () => [start(pinned(explain), quiet)]);
  await measure("fleet ship, without its journalctl", () => [start(ship, quiet)]);
  if (new Set(told).size > 1) throw new Error(`not all sent the same: ${told.join(" ")}`);
}

/** The recorded flagship pipeline; its journal is kept, so no entry is too old. */
function flagship(name: "config.alloy" | "promtail.yaml"): string {
  return readFileSync(join(root, "test/oracle/cases/flagship_journal", name), "utf8")
    .replace("JOURNAL", directory)
    .replace("LOKI", sink.address)
    .replace(/(max_age\s*[=:]\s*)"?12h"?/, name === "config.alloy" ? '$1"87600h"' : "$187600h");
}

function pinned(command: readonly string[]): readonly string[] {
  return ["taskset", "-c", CORE, ...command];
}

/** Starts a program that does not outlive this one. */
function start([program = "", ...args]: readonly string[], stdio: StdioOptions): ChildProcess {
  const child = spawn(program, args, { stdio });
  process.once("exit", () => child.kill());
  return child;
}

/** The engine with the file of entries, or what a program prints, as its input; tells how many it sent. */
function fed(command: readonly string[], told: string[], input?: ChildProcess): ChildProcess {
  const file = input === undefined ? openSync(json, "r") : undefined;
  const child = start([...command, config], [file ?? input?.stdout ?? "ignore", "pipe", "inherit"]);
  if (file !== undefined) closeSync(file);
  child.stdout?.once("data", (text) =>
    told.push(String((JSON.parse(String(text)) as { sent: number }).sent)),
  );
  return child;
}

function piped(told: string[]): ChildProcess[] {
  const journal = start(print, ["ignore", "pipe", "inherit"]);
  const child = fed(pinned(engine), told, journal);
  // The engine has its own end of the pipe now.
  journal.stdout?.destroy();
  return [child, journal];
}

/** Runs processes to their end; the last to end counts. */
async function measure(name: string, run: () => readonly ChildProcess[]): Promise<void> {
  const begun = performance.now();
  const children = run();
  const watches = children.map((child) => new Watch(child.pid ?? 0));
  await Promise.all(
    children.map(async (child) => {
      const [code, signal] = (await once(child, "exit")) as [number | null, string | null];
      if (code !== 0) throw new Error(`${name} ended with ${code ?? signal}`);
    }),
  );
  const seconds = (performance.now() - begun) / 1000;
  add({ name, seconds, ...total(watches) });
}

function add(measured: Measure): void {
  log(`${measured.name}: ${measured.seconds.toFixed(1)} s, ${measured.cpu.toFixed(1)} CPU-s`);
  measures.push(measured);
}

function total(watches: readonly Watch[]): Usage {
  const usages = watches.map((watch) => watch.stop());
  return {
    cpu: usages.reduce((sum, { cpu }) => sum + cpu, 0),
    memory: Math.max(...usages.map(({ memory }) => memory)),
  };
}

/** Promtail runs until it is stopped: its time is up to the last push, after which nothing came for a while. */
async function measurePromtail(path: string, told: string[]): Promise<void> {
  const [port = 0] = await freePorts(1);
  const file = join(scratch, "promtail.yaml");
  const server = `server: {http_listen_address: 127.0.0.1, http_listen_port: ${port}, grpc_listen_port: 0}`;
  const positions = `positions: {filename: ${join(scratch, "positions.yaml")}}`;
  writeFileSync(file, `${flagship("promtail.yaml")}\n${server}\n${positions}\n`);
  sink.begin();
  const begun = performance.now();
  const child = start([path, `-config.file=${file}`], ["ignore", "ignore", "ignore"]);
  const watch = new Watch(child.pid ?? 0);
  const metric = async (name: string): Promise<number> => {
    const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text().catch(() => "");
    const line = text.split("\n").find((one) => one.startsWith(`${name}{`) || one.startsWith(`${name} `));
    return Number(line?.split(" ").at(-1) ?? 0);
  };
  const read = (): Promise<number> => metric("promtail_journal_target_lines_total").catch(() => 0);
  while ((await read()) < count || performance.now() - sink.last() < 2000) {
    if (child.exitCode !== null) throw new Error(`Promtail ended with ${child.exitCode}`);
    if (performance.now() - sink.last() > PATIENCE) throw new Error("Promtail pushes nothing any more");
    await sleep(200);
  }
  const seconds = (sink.last() - begun) / 1000;
  told.push(String(await metric("promtail_sent_entries_total")));
  const usage = watch.stop();
  child.kill();
  add({ name: PROMTAIL, seconds, ...usage });
}

function report(): void {
  const promtail = measures.find(({ name }) => name === PROMTAIL);
  const times = (what: "seconds" | "cpu", value: number): string =>
    promtail === undefined ? "" : (promtail[what] / value).toFixed(2);
  const rows = measures.map(({ name, seconds, cpu, memory }) => [
    name,
    String(Math.round(count / seconds)),
    seconds.toFixed(1),
    cpu.toFixed(1),
    String(Math.round(memory)),
    times("seconds", seconds),
    times("cpu", cpu),
  ]);
  console.log(`${count} entries; ${cpus().length} cores, ${cpus()[0]?.model}; node ${process.version}\n`);
  console.log(
    renderTable(
      [["", "entries/s", "seconds", "CPU-s", "peak MB", "times Promtail", "by CPU-s"], ...rows],
      100,
    ),
  );
}

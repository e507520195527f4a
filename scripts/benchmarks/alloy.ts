/**
 * How fast src/alloy is: scans, parses, prints and checks a valid configuration of 1 MB, which is the flagship
 * pipeline of the recordings over and over with labels of its own, and runs `fleet fmt` and `fleet validate` on it.
 * Compares with the real `alloy fmt` where one is on PATH.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { check, parse, print } from "../../src/alloy/index.ts";
import { Scanner } from "../../src/alloy/scanner.ts";
import { templateError } from "../../src/pipeline/index.ts";

const MEGABYTE = 1e6;
const REPETITIONS = 12;
const root = join(import.meta.dirname, "../..");

const text = configuration(MEGABYTE);
const scratch = mkdtempSync(join(tmpdir(), "fleet-bench-"));
try {
  const path = join(scratch, "config.alloy");
  writeFileSync(path, text);
  console.log(
    `${(text.length / MEGABYTE).toFixed(2)} MB, ${text.split("\n").length} lines; node ${process.version}`,
  );
  console.log("\nin one process      first       best");
  const { file } = parse("config.alloy", text);
  const options = { alloyVersion: "1.18.1", templateError };
  stage("scan", () => scanAll(text));
  stage("parse", () => parse("config.alloy", text));
  stage("print", () => print(file));
  stage("check", () => check(file, options));
  console.log("\nas a command       seconds    peak memory");
  const start = command("start alone", ["--version"]);
  const formatting = command("fleet fmt", ["fmt", path]);
  command("fleet validate", ["validate", path]);
  compare(path, formatting, start);
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

/** A valid configuration of about this many bytes. */
function configuration(bytes: number): string {
  const source = readFileSync(join(root, "test/oracle/cases/flagship_journal/config.alloy"), "utf8");
  let all = "";
  for (let copy = 0; all.length < bytes; copy++) {
    all += source.replace(/"(journal|read|main|out)" \{|\.(journal|main|out)\./g, (match) =>
      match.replace(/journal|read|main|out/, (label) => `${label}_${copy}`),
    );
  }
  return all;
}

function scanAll(source: string): void {
  const scanner = new Scanner(source, () => undefined);
  do scanner.scan();
  while (scanner.token !== "end of file");
}

/** Runs one stage several times: the first run is what a command feels, the best what an editor does. */
function stage(name: string, run: () => unknown): void {
  const seconds = Array.from({ length: REPETITIONS }, () => secondsOf(run));
  const rate = (time: number): string => `${(text.length / MEGABYTE / time).toFixed(1)} MB/s`.padStart(10);
  console.log(`${name.padEnd(15)} ${rate(seconds[0] ?? 0)} ${rate(Math.min(...seconds))}`);
}

function secondsOf(run: () => unknown): number {
  const begun = performance.now();
  run();
  return (performance.now() - begun) / 1000;
}

/** The best wall-clock time of a fleet command in a process of its own, and the most memory that it had. */
function command(name: string, argv: readonly string[]): number {
  const best = Math.min(...Array.from({ length: 7 }, () => secondsOf(() => run(argv))));
  // Measured apart, since what reports the memory takes its time to load.
  const report = run(argv, ["--import", join(import.meta.dirname, "report-memory.ts")]);
  const peak = Number(/^peak memory: (\d+)$/m.exec(report)?.[1]);
  console.log(
    `${name.padEnd(15)} ${best.toFixed(3).padStart(10)} ${`${Math.round(peak / 1024)} MiB`.padStart(14)}`,
  );
  return best;
}

/** Runs fleet and gives what it wrote to standard error. */
function run(argv: readonly string[], nodeOptions: readonly string[] = []): string {
  const { status, stderr } = spawnSync(
    process.execPath,
    [...nodeOptions, join(root, "bin/fleet.js"), ...argv],
    {
      encoding: "utf8",
      maxBuffer: 64 * MEGABYTE,
    },
  );
  if (status !== 0) throw new Error(`fleet ${argv.join(" ")} exited with ${status}: ${stderr}`);
  return stderr;
}

function compare(path: string, formatting: number, start: number): void {
  const wanted = print(parse(path, text).file);
  const runs = Array.from({ length: 5 }, () => {
    const begun = performance.now();
    const { error, stdout } = spawnSync("alloy", ["fmt", path], { encoding: "utf8" });
    return {
      seconds: (performance.now() - begun) / 1000,
      absent: error !== undefined,
      same: stdout === wanted,
    };
  });
  if (runs.some(({ absent }) => absent)) {
    console.log("\nThere is no alloy on PATH to compare with.");
    return;
  }
  if (!runs.every(({ same }) => same)) throw new Error("alloy fmt prints something else");
  const best = Math.min(...runs.map(({ seconds }) => seconds));
  const ratio = (formatting / best).toFixed(2);
  const net = ((formatting - start) / best).toFixed(2);
  console.log(
    `\nalloy fmt takes ${best.toFixed(3)} s: fleet fmt ${ratio} times that, ${net} times without its start.`,
  );
}

/**
 * How fast the gate is, beside a plain loop of one `nix-instantiate` a host in the same run: generated fleets of 5, 100
 * and 1,000 hosts on the embedded surface, and one of 5 on a real nixpkgs where FLEET_NIXPKGS names one.
 *
 *   scripts/bench gate [--hosts 5,100,1000] [--rounds 5]
 *
 * Prints a table in Markdown; every figure is a median.
 */
import { spawnSync } from "node:child_process";
import {
  appendFileSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";

const { values } = parseArgs({
  options: { hosts: { type: "string", default: "5,100,1000" }, rounds: { type: "string", default: "5" } },
});
const root = join(import.meta.dirname, "../..");
const rounds = Number(values.rounds);
const workers = availableParallelism();
/** A longer loop is measured on so many of its hosts, and its time is taken from theirs. */
const LONGEST_LOOP = 100;
const EXAMPLES = ["nas", "web", "mail", "gw", "build"];
const nixpkgs = process.env["FLEET_NIXPKGS"];

function measure(hosts: number, through: string | undefined): void {
  const scratch = realpathSync(mkdtempSync(join(tmpdir(), "fleet-bench-")));
  try {
    const fleet = new GeneratedFleet(join(scratch, "fleet"), hosts, through);
    const env = { ...process.env, FLEET_CACHE: join(scratch, "cache") };
    if (through === undefined) Reflect.deleteProperty(env, "FLEET_NIXPKGS");
    const gate = (...argv: string[]): GateRun => runGate(["--repo", fleet.root, ...argv], env);
    gate();
    const times = {
      loop: [] as number[],
      cold: [] as number[],
      same: [] as number[],
      edited: [] as number[],
    };
    for (let round = 0; round < (hosts < 100 ? rounds : Math.min(rounds, 3)); round++) {
      times.loop.push(fleet.loop(env));
      times.cold.push(expectEvaluated(gate("--cold"), hosts));
      // What was written within the last moments is looked at once more.
      gate();
      for (let again = 0; again < 3; again++) times.same.push(gate().seconds);
      expectEvaluated(gate("--json"), 0);
      fleet.edit(round);
      times.edited.push(expectEvaluated(gate("--json"), 1));
    }
    const [loop, cold, same, edited] = [times.loop, times.cold, times.same, times.edited].map(median) as [
      number,
      number,
      number,
      number,
    ];
    const sampled = hosts > LONGEST_LOOP ? ` (of ${LONGEST_LOOP} hosts)` : "";
    const cells = [
      hosts.toLocaleString("en"),
      through === undefined ? "embedded surface" : "nixpkgs",
      `${seconds(loop)}${sampled}`,
      seconds(cold),
      (cold / (loop / workers)).toFixed(2),
      seconds(same),
      (loop / same).toFixed(0),
      seconds(edited),
    ];
    console.log(`| ${cells.join(" | ")} |`);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

interface GateRun {
  seconds: number;
  stdout: string;
}

function runGate(argv: readonly string[], env: NodeJS.ProcessEnv): GateRun {
  const begun = performance.now();
  const { status, stdout, stderr } = spawnSync(join(root, "scripts/fleet"), ["gate", "--quiet", ...argv], {
    env,
    encoding: "utf8",
    maxBuffer: 1e9,
  });
  const took = (performance.now() - begun) / 1000;
  if (status !== 0) throw new Error(`fleet gate ${argv.join(" ")} exited with ${status}: ${stderr}`);
  return { seconds: took, stdout };
}

/** The seconds of a run that evaluated so many hosts and no others. */
function expectEvaluated(run: GateRun, hosts: number): number {
  if (!run.stdout.startsWith("{")) return run.seconds;
  const report = JSON.parse(run.stdout) as { hosts: { cached: boolean }[] };
  const evaluated = report.hosts.filter(({ cached }) => !cached).length;
  if (evaluated !== hosts)
    throw new Error(`${evaluated} hosts were evaluated where ${hosts} should have been`);
  return run.seconds;
}

/** Hosts like the five examples, each with files of its own and a link to what they share. */
class GeneratedFleet {
  readonly root: string;
  readonly #names: string[];
  readonly #nixpkgs: string | undefined;

  constructor(directory: string, hosts: number, through: string | undefined) {
    this.root = directory;
    this.#nixpkgs = through;
    this.#names = Array.from({ length: hosts }, (_, index) => `host-${String(index).padStart(4, "0")}`);
    mkdirSync(directory);
    for (const shared of ["modules", "utils"]) {
      cpSync(join(root, shared), join(directory, shared), { recursive: true, verbatimSymlinks: true });
    }
    for (const [index, name] of this.#names.entries())
      this.#addHost(name, EXAMPLES[index % EXAMPLES.length] ?? "nas");
    const example = readFileSync(join(root, "fleet.yaml"), "utf8");
    const top = example.slice(example.indexOf("version:"), example.indexOf("channels:"));
    const rows = this.#names.map((name) => `  ${name}: { channel: "25.11", ship: none }`);
    const channel =
      through === undefined ? "{}" : `{ nixpkgs: ${through}, modules: [<sops-nix/modules/sops>] }`;
    writeFileSync(
      join(directory, "fleet.yaml"),
      `${top}channels:\n  "25.11": ${channel}\nhosts:\n${rows.join("\n")}\n`,
    );
    spawnSync("git", ["init", "-q", directory]);
  }

  /** Seconds that a process for each host takes, one after the other. */
  loop(env: NodeJS.ProcessEnv): number {
    const sample = this.#names.slice(0, LONGEST_LOOP);
    const begun = performance.now();
    for (const name of sample) {
      const { status, stderr } = spawnSync("nix-instantiate", this.#arguments(name), {
        env,
        encoding: "utf8",
      });
      if (status !== 0) throw new Error(stderr);
    }
    return ((performance.now() - begun) / 1000 / sample.length) * this.#names.length;
  }

  /** Changes one host's file. */
  edit(round: number): void {
    const name = this.#names[round % this.#names.length] ?? "";
    appendFileSync(join(this.root, "hosts", name, "configuration.nix"), `# edit ${round}\n`);
  }

  #arguments(name: string): string[] {
    const configuration = join(this.root, "hosts", name, "configuration.nix");
    if (this.#nixpkgs === undefined) {
      const surface = `import ${root}/nix/surface { release = "25.11"; }`;
      const judged = `import ${root}/nix/gate/judge.nix { surface = ${surface}; modules = [ "${configuration}" ]; }`;
      return ["--eval", "--strict", "--json", "--store", "dummy://", "--expr", judged];
    }
    const sops = `${root}/nix/surface/options/sops.nix`;
    const request = JSON.stringify({ nixpkgs: this.#nixpkgs, configuration, modules: [sops] });
    return [
      "--eval",
      "--strict",
      "--json",
      "--argstr",
      "request",
      request,
      join(root, "nix/gate/nixpkgs.nix"),
    ];
  }

  #addHost(name: string, like: string): void {
    const directory = join(this.root, "hosts", name);
    cpSync(join(root, "hosts", like), directory, { recursive: true, verbatimSymlinks: true });
    const path = join(directory, "configuration.nix");
    const text = readFileSync(path, "utf8");
    writeFileSync(path, text.replace(/hostName = "[^"]*"/, `hostName = "${name}"`));
  }
}

function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((left, right) => left - right);
  return ((sorted[(sorted.length - 1) >> 1] ?? 0) + (sorted[sorted.length >> 1] ?? 0)) / 2;
}

function seconds(value: number): string {
  return value < 0.1 ? `${(value * 1000).toFixed(0)} ms` : `${value.toFixed(2)} s`;
}

console.log(
  `node ${process.version}, ${workers} workers, medians of ${rounds} rounds (of 3 for 100 hosts or more)\n`,
);
console.log(
  "| hosts | through | loop | cold | cold / (loop / workers) | no change | loop / no change | one host edited |",
);
console.log("| ---: | --- | ---: | ---: | ---: | ---: | ---: | ---: |");
for (const hosts of values.hosts.split(",").map(Number)) measure(hosts, undefined);
if (nixpkgs !== undefined) measure(5, nixpkgs);
else console.log("\nFLEET_NIXPKGS names no nixpkgs, so none was measured.");

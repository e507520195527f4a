/**
 * Runs the checks and tests, and ends with "N passed, N failed". Without arguments all of them; with --fast
 * those that need no outside program: types, lint, arrows, dead code, format, unit, golden and property tests; with
 * `cluster` those against a real Kubernetes API server, Vault, Prometheus and Loki alone; with `vm` those on virtual
 * machines alone.
 */
import { spawn } from "node:child_process";
import { createWriteStream, existsSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ensureProgram, type ProgramName } from "../../src/programs/index.ts";
import { countTap, type Counts } from "./tap-count.ts";

const STATIC: readonly (readonly [name: string, command: string])[] = [
  ["types", "tsc"],
  ["lint", "eslint --cache --cache-location node_modules/.cache/eslint/ ."],
  ["arrows", "depcruise --config .dependency-cruiser.cjs --output-type err src"],
  ["dead code", "knip"],
  ["format", "prettier --check --cache --log-level warn ."],
];

/** Tests that are a run of their own: `scripts/test NAME`. */
interface Suite {
  /** Of the files in test/integration. */
  include: string;
  /** Those of them that are not part of a run without a name, since they take a machine for themselves. */
  apart: readonly string[];
  programs: readonly ProgramName[];
  /** Seconds that one file may take. */
  timeout: number;
}

const SUITES: Readonly<Record<string, Suite>> = {
  cluster: {
    include: "cluster-*",
    apart: ["cluster-apply", "cluster-dev"],
    programs: [
      "etcd",
      "kube-apiserver",
      "external-secrets",
      "vault",
      "prometheus",
      "node-exporter",
      "loki",
      "systemd-journal-remote",
    ],
    timeout: 900,
  },
  vm: {
    include: "vm-*",
    apart: ["vm-faults", "vm-scenarios"],
    programs: ["nix", "sops", "loki", "promtail", "qemu-system-x86_64", "mmdebstrap", "mke2fs"],
    timeout: 3600,
  },
};
const INTEGRATION_PROGRAMS: readonly ProgramName[] = [
  "nix",
  "journalctl",
  "systemd-journal-remote",
  "sops",
  "loki",
  "promtail",
  "prometheus",
  "node-exporter",
];

const total: Counts = { passed: 0, failed: 0, skipped: [], recordings: [] };
// Each test file is a process of its own; what one has compiled, the next need not.
process.env["NODE_COMPILE_CACHE"] ??= "node_modules/.cache/compile";
const fast = process.argv.includes("--fast");
const suite = Object.entries(SUITES).find(([name]) => process.argv.includes(name));
const scratch = await mkdtemp(join(tmpdir(), "fleet-test-"));
try {
  if (suite !== undefined) {
    const [name, { programs, timeout, include }] = suite;
    await leaveTypesToNode();
    await prepare(programs);
    await tap(name, [`--timeout=${timeout}`, "--jobs=1", `--include=test/integration/${include}.test.ts`]);
  } else {
    const waiting = [...STATIC];
    await Promise.all([checks(waiting), checks(waiting).then(leaveTypesToNode)]);
    // A busy machine takes its time; what hangs ends all the same.
    await tap("unit", ["--jobs=3", "--timeout=120"]);
  }
  if (!fast && suite === undefined) {
    await prepare(INTEGRATION_PROGRAMS);
    const exclude: string[] = [];
    for (const [name, { apart }] of Object.entries(SUITES)) {
      for (const file of apart) {
        exclude.push(`--exclude=test/integration/${file}.test.ts`);
        const reason = `a run of its own, which takes the whole machine: scripts/test ${name}`;
        total.skipped.push({ name: `test/integration/${file}.test.ts`, reason });
      }
    }
    const include = "--include=test/integration/**/*.test.ts";
    await tap("integration", ["--timeout=1800", "--jobs=1", include, ...exclude]);
  }
} finally {
  await rm(scratch, { recursive: true, force: true });
}
for (const recordings of total.recordings) console.log(recordings);
for (const { name, reason } of total.skipped) console.log(`skipped: ${name}: ${reason}`);
const skipped = total.skipped.length === 0 ? "" : `, ${total.skipped.length} skipped`;
console.log(`${total.passed} passed, ${total.failed} failed${skipped}`);
process.exitCode = total.failed === 0 ? 0 : 1;

/** Takes checks from the list until it is empty; two of these run side by side. */
async function checks(waiting: (readonly [string, string])[]): Promise<void> {
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    const [name, command] = next;
    const begun = performance.now();
    const { code, output } = await sh(`npx --no-install ${command}`);
    console.log(`${code === 0 ? "ok    " : "not ok"} ${name} (${seconds(begun)})`);
    if (code === 0) total.passed += 1;
    else {
      total.failed += 1;
      console.log(output);
    }
  }
}

/**
 * Has tap build itself without its TypeScript loader, as .taprc says: it does not by itself after a fresh install,
 * and test files take several times as long to start with the loader. The mark goes with node_modules.
 */
async function leaveTypesToNode(): Promise<void> {
  const mark = "node_modules/.fleet-tap";
  if (existsSync(mark)) return;
  const { code } = await sh("npx --no-install tap build");
  if (code === 0) await writeFile(mark, "");
}

/** Runs test files with tap: failures and a line a file on stdout, counts from the raw stream. */
async function tap(name: string, args: string[]): Promise<void> {
  const begun = performance.now();
  const raw = join(scratch, `${name}.tap`);
  const { code, output } = await sh(`npx --no-install tap --reporter=tap ${args.join(" ")}`, raw);
  const counts = countTap(await readFile(raw, "utf8"));
  total.passed += counts.passed;
  total.failed += counts.failed;
  total.skipped.push(...counts.skipped);
  total.recordings.push(...counts.recordings);
  // A run that ends badly without a failed assertion (a file that would not load) is a failure all the same.
  if (code !== 0 && counts.failed === 0) total.failed += 1;
  for (const line of output.split("\n"))
    // What tests have to say stands deeper: of clusters, what was real and which query returned data.
    if (
      /^(ok|not ok|# (?!time|\{|No cov|Subtest))/.test(line) ||
      (suite !== undefined && /^ +# (?!Subtest|time)/.test(line))
    )
      console.log(line);
  if (code !== 0)
    console.log(
      output
        .split("\n")
        .filter((line) => !/^\s*ok /.test(line))
        .join("\n"),
    );
  console.log(
    `${code === 0 ? "ok    " : "not ok"} ${name} tests: ${counts.passed} passed, ${counts.failed} failed (${seconds(begun)})`,
  );
}

/** Gets the outside programs that the integration tests run, with progress: cold builds from Go modules take minutes each. */
async function prepare(names: readonly ProgramName[]): Promise<void> {
  for (const name of names) {
    try {
      const program = await ensureProgram(name, { env: process.env, log: (line) => console.log(line) });
      console.log(`${name}: ${program.version ?? "unknown version"} (${program.origin})`);
    } catch (caught) {
      console.log(`${name} cannot be had: ${caught instanceof Error ? caught.message : String(caught)}`);
    }
  }
}

async function sh(command: string, copyTo?: string): Promise<{ code: number; output: string }> {
  const child = spawn("bash", ["-c", `${command} 2>&1`], { stdio: ["ignore", "pipe", "inherit"] });
  const copy = copyTo === undefined ? undefined : createWriteStream(copyTo);
  let output = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    output += chunk;
    copy?.write(chunk);
  });
  const code = await new Promise<number>((resolve) => child.on("close", (status) => resolve(status ?? 1)));
  await new Promise<void>((resolve) => (copy === undefined ? resolve() : copy.end(resolve)));
  return { code, output };
}

function seconds(begun: number): string {
  return `${((performance.now() - begun) / 1000).toFixed(1)} s`;
}

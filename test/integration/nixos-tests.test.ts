import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import t, { type Test } from "tap";
import { readPipeline } from "../../src/migrate/index.ts";
import { newestWithPromtail } from "../../src/nix/index.ts";
import { loadFleet } from "../../src/repository/index.ts";
import { renderSystem } from "../../src/vm/guest/index.ts";
import { writeNixosTests } from "../../src/vm/nixos/driver.ts";
import { nixosTestFiles } from "../../src/vm/nixos/settings.ts";
import { readSubject } from "../../src/vm/scenario/index.ts";
import { SCENARIOS } from "../../src/vm/scenarios/index.ts";
import { subjectInputs } from "../../src/vm/subject.ts";
import { exampleFleet } from "../support/example.ts";
import { failureOf } from "../support/failure.ts";
import { fleet as run } from "../support/fleet.ts";

const ROOT = join(import.meta.dirname, "../..");
const GENERATED = join(ROOT, "nix/checks/generated");
const STAND_IN = join(ROOT, "test/fixtures/nixpkgs");
const names = SCENARIOS.map(({ name }) => name).sort();

/** What nix/checks/generated has to hold: the tests of the example fleet after `fleet generate`, and its modules. */
async function expected(t: Test): Promise<Map<string, string>> {
  const root = await exampleFleet(t);
  const { code, err } = await run("generate", "--repo", root);
  t.equal(code, 0, err);
  const { fleet } = await loadFleet(root);
  const host = fleet.hosts.find(({ name }) => name === "nas");
  if (host === undefined) throw new Error("the example has no nas");
  const context = { root, env: process.env, log: () => undefined, signal: new AbortController().signal };
  const { configuration: promtail } = await readPipeline(context, fleet, [host]);
  const system = await renderSystem({ root, fleet, host, shippers: ["alloy"], env: process.env });
  const files = nixosTestFiles({
    fleet,
    subject: readSubject(subjectInputs(system, { fleet, promtail })),
    scenarios: SCENARIOS,
    promtail,
    modules: { alloy: "modules/alloy", promtail: "modules/promtail" },
    releases: { alloy: host.channel.name, both: newestWithPromtail(fleet)?.name },
  });
  for (const path of [
    "modules/alloy/default.nix",
    "modules/alloy/config.alloy",
    "modules/promtail/default.nix",
  ]) {
    files.set(path, await readFile(join(root, path), "utf8"));
  }
  return files;
}

async function readTree(directory: string): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  if (!existsSync(directory)) return files;
  for (const entry of await readdir(directory, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    files.set(path.slice(directory.length + 1), await readFile(path, "utf8"));
  }
  return files;
}

t.test("nix/checks/generated is what the scenarios compile to, to the byte", async (t) => {
  const wanted = await expected(t);
  if (process.env["UPDATE_GOLDENS"]) {
    await rm(GENERATED, { recursive: true, force: true });
    for (const [path, text] of wanted) {
      await mkdir(dirname(join(GENERATED, path)), { recursive: true });
      await writeFile(join(GENERATED, path), text);
    }
  }
  const there = await readTree(GENERATED);
  t.same([...there.keys()].sort(), [...wanted.keys()].sort());
  for (const [path, text] of wanted) t.equal(there.get(path), text, path);
});

const python = spawnSync("python3", ["--version"]).status === 0 ? false : "there is no python3 on PATH";

t.test("every test script is Python", { skip: python }, async (t) => {
  const scripts = [...(await readTree(GENERATED))].filter(([path]) => path.endsWith(".py"));
  t.same(
    scripts.map(([path]) => path).sort(),
    names.map((name) => `${name}.py`),
  );
  const compile = "import ast, sys\nfor path in sys.argv[1:]: ast.parse(open(path).read(), path)";
  const paths = scripts.map(([path]) => join(GENERATED, path));
  const { status, stderr } = spawnSync("python3", ["-c", compile, ...paths], { encoding: "utf8" });
  t.equal(status, 0, stderr);
});

/** Evaluates an expression without a store. */
function evaluate(
  expression: string,
  more: readonly string[] = [],
): { status: number | null; stdout: string; stderr: string } {
  const args = ["--eval", "--strict", "--json", "--store", "dummy://", ...more, "--expr", expression];
  return spawnSync("nix-instantiate", args, { encoding: "utf8", maxBuffer: 64 * 1024 * 1024 });
}

t.test("the checks evaluate up to nixpkgs, on 25.11 with Promtail and on 26.05 without", async (t) => {
  const checks = `import ${ROOT}/nix/checks {
    nixpkgs = { "25.11" = ${STAND_IN}; "26.05" = ${STAND_IN}; };
    sops-nix = ${ROOT}/nix/surface/options/sops.nix;
  }`;
  const { status, stdout, stderr } = evaluate(`builtins.mapAttrs (_: test: {
    inherit (test) name testScript;
    nodes = builtins.unsafeDiscardStringContext (builtins.toJSON test.nodes);
  }) (${checks})`);
  t.equal(status, 0, stderr);
  const tests = JSON.parse(stdout) as Record<string, { name: string; testScript: string; nodes: string }>;
  t.same(Object.keys(tests).sort(), names);
  for (const name of names) {
    t.equal(tests[name]?.name, `vm-test-run-fleet-${name}`);
    t.equal(tests[name]?.testScript, await readFile(join(GENERATED, `${name}.py`), "utf8"));
  }
  t.match(tests["reboot"]?.nodes, /modules\/alloy/);
  t.notMatch(tests["reboot"]?.nodes, /modules\/promtail/);
  t.match(tests["promtail-to-alloy"]?.nodes, /modules\/promtail.*collector=promtail/);
  t.match(tests["reboot"]?.nodes, /loki\.example\.com.*proxyPass/);
});

t.test("the flake gives the same checks", (t) => {
  const { status, stdout, stderr } = evaluate(`let
    flake = import ${ROOT}/flake.nix;
    sops-nix.nixosModules.sops = ${ROOT}/nix/surface/options/sops.nix;
  in builtins.attrNames (flake.outputs {
    nixos-25_11 = ${STAND_IN}; nixos-26_05 = ${STAND_IN}; inherit sops-nix;
  }).checks.x86_64-linux`);
  t.equal(status, 0, stderr);
  t.same(JSON.parse(stdout || "[]"), names);
  t.end();
});

t.test("for a fleet of its own, the driver writes what evaluates up to its nixpkgs", async (t) => {
  const root = await exampleFleet(t);
  const { code, err } = await run("generate", "--repo", root);
  t.equal(code, 0, err);
  const { fleet } = await loadFleet(root);
  const host = fleet.hosts.find(({ name }) => name === "nas");
  if (host === undefined) throw new Error("the example has no nas");
  const work = t.testdir({
    sops: { modules: { sops: { "default.nix": `import ${ROOT}/nix/surface/options/sops.nix` } } },
    tests: {},
  });
  const sops = join(work, "sops");
  const env = { ...process.env, FLEET_NIXPKGS: STAND_IN, NIX_PATH: undefined };
  const context = { root, log: () => undefined, signal: new AbortController().signal };
  const scenarios = SCENARIOS.filter(({ name }) => name === "reboot" || name === "promtail-to-alloy");
  const request = { ...context, fleet, host, promtail: undefined, scenarios };
  const directory = join(work, "tests");
  t.match((await failureOf(writeNixosTests(directory, { ...request, env }))).diagnostics, [
    { code: "scenario/no-nixpkgs", message: /the real sops-nix/ },
  ]);
  const without = { ...env, FLEET_NIXPKGS: undefined };
  t.match((await failureOf(writeNixosTests(directory, { ...request, env: without }))).diagnostics, [
    { code: "scenario/no-nixpkgs", message: /a nixpkgs of 2/ },
  ]);
  await writeNixosTests(directory, { ...request, env: { ...env, NIX_PATH: `sops-nix=${sops}` } });
  const expression = `builtins.mapAttrs (_: test: test.testScript) (import ${directory})`;
  const { status, stdout, stderr } = evaluate(expression, ["-I", `sops-nix=${sops}`]);
  t.equal(status, 0, stderr);
  t.match(JSON.parse(stdout || "{}"), { reboot: /before-/, "promtail-to-alloy": /collector/ });
});

const real = process.env["FLEET_NIXPKGS"] ?? "";
const absent = real === "" ? "FLEET_NIXPKGS names no nixpkgs" : false;

t.test("with a real nixpkgs each check is a derivation", { skip: absent }, (t) => {
  const path = (release: string): string =>
    real.includes("=")
      ? (real.split(",").find((one) => one.startsWith(`${release}=`)) ?? "").slice(release.length + 1)
      : real;
  const nixpkgs = `{ "25.11" = ${path("25.11")}; "26.05" = ${path("26.05")}; }`;
  const args = ["--arg", "nixpkgs", nixpkgs, join(ROOT, "nix/checks")];
  const { status, stdout, stderr } = spawnSync("nix-instantiate", args, { encoding: "utf8" });
  t.equal(status, 0, stderr);
  t.equal(stdout.trim().split("\n").length, names.length);
  t.end();
});

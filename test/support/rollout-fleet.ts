import { chmod, mkdir, mkdtemp, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { existsSync, globSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { error, FleetError } from "../../src/diagnostics/index.ts";
import { generateNixos } from "../../src/generate/index.ts";
import type { Fleet, Host } from "../../src/manifest/index.ts";
import { applyChanges, findChanges, loadFleet, readText } from "../../src/repository/index.ts";
import {
  createDeployer,
  Rollout,
  RolloutTree,
  withJournal,
  type JournalRecord,
  type Outside,
  type RolloutReport,
} from "../../src/rollout/index.ts";
import { commitAll } from "./git.ts";

/**
 * A small fleet with a simulated deployment: what a host "runs" is a file, and the manifest's own command lines write
 * it. The rollout, its journal, git and the command deployer are the real ones; generation is real but for the
 * pipeline; the gate and the verification are stand-ins that look for marks in files.
 */
export interface SimulatedFleet {
  root: string;
  /** One directory a host: `generation`, and `log` with a line for each deployment and rollback. */
  machines: string;
}

const CANARY = "nas";

/** @param waves names of hosts */
export async function simulatedFleet(waves: readonly (readonly string[])[]): Promise<SimulatedFleet> {
  const directory = await realpath(await mkdtemp(join(tmpdir(), "fleet-rollout-")));
  const [root, machines] = [join(directory, "repository"), join(directory, "machines")];
  const names = [CANARY, ...waves.flat()];
  const file = async (path: string, text: string): Promise<void> => {
    await mkdir(join(root, path, ".."), { recursive: true });
    await writeFile(join(root, path), text);
  };
  await file("fleet.yaml", manifestText(waves));
  await file("modules/promtail/default.nix", "{ }\n");
  await file(`deploy.sh`, SCRIPT);
  await chmod(join(root, "deploy.sh"), 0o755);
  for (const name of names) {
    const module = name === CANARY ? "alloy" : "promtail";
    await file(`hosts/${name}/configuration.nix`, `{ imports = [ ../../modules/${module} ]; }\n`);
    await mkdir(join(machines, name), { recursive: true });
    await writeFile(join(machines, name, "generation"), "promtail-era\n");
    await writeFile(join(machines, name, "log"), "");
  }
  // As `fleet migrate` leaves it.
  const { fleet } = await loadFleet(root);
  await applyChanges(root, await generate(root, fleet, [fleet.hosts[0] as Host]));
  await commitAll(root);
  return { root, machines };
}

/** Removes a fleet and its machines. */
export async function removeFleet({ root }: SimulatedFleet): Promise<void> {
  await rm(join(root, ".."), { recursive: true, force: true });
}

function manifestText(waves: readonly (readonly string[])[]): string {
  const rows = waves.flat().map((name) => `  ${name}: { channel: "25.11", ship: promtail }\n`);
  const command = (verb: string, ...words: string[]): string =>
    JSON.stringify(["./deploy.sh", verb, "{host}", ...words]);
  return `version: 1
loki: { url: "http://localhost:3100/loki/api/v1/push" }
channels: { "25.11": {}, "26.05": {} }
hosts:
  ${CANARY}: { channel: "26.05", ship: alloy, from: { promtail: modules/promtail } }
${rows.join("")}rollout:
  canary: ${CANARY}
  waves: ${JSON.stringify(waves)}
  deploy:
    adapter: command
    parallel: 1
    timeout: 6s
    command:
      deploy: ${command("deploy", "{commit}")}
      identify: ${command("identify")}
      rollback: ${command("rollback", "{previous}")}
  verify: { soak: 1h }
`;
}

/** What a host runs follows from its configuration in the checkout. Files in its directory make it misbehave. */
const SCRIPT = `#!/bin/sh
set -eu
verb=$1 machine=$MACHINES/$2
case $verb in
identify)
  [ ! -e "$machine/hangs" ] || exec sleep 60
  [ ! -e "$machine/unreachable" ] || { echo "no route to host" >&2; exit 255; }
  cat "$machine/generation" ;;
deploy)
  [ ! -e "$machine/refuses" ] || { echo "activation failed" >&2; exit 1; }
  [ ! -e "$machine/deploy-hangs" ] || exec sleep 60
  [ ! -e "$machine/kill-before" ] || { rm "$machine/kill-before"; kill -9 "$FLEET_PID"; exit 1; }
  [ ! -e "$machine/lies" ] || exit 0
  echo deploy >> "$machine/log"
  cksum < "hosts/$2/configuration.nix" > "$machine/generation"
  [ ! -e "$machine/kill-after" ] || { rm "$machine/kill-after"; kill -9 "$FLEET_PID"; }
  [ ! -e "$machine/half" ] || { echo "connection lost" >&2; exit 1; } ;;
rollback)
  [ ! -e "$machine/stuck" ] || { echo "no space left on device" >&2; exit 1; }
  echo rollback >> "$machine/log"
  printf '%s\\n' "$3" > "$machine/generation" ;;
esac
`;

/** What the rollout of a simulated fleet asks of the world. */
export async function simulatedOutside(
  { root, machines }: SimulatedFleet,
  { now, signal }: { now: () => Date; signal: AbortSignal },
): Promise<Outside> {
  const { fleet } = await loadFleet(root);
  const context = {
    root,
    env: { ...process.env, MACHINES: machines, FLEET_PID: String(process.pid) },
    log: () => undefined,
    signal,
  };
  return {
    generate,
    gate: (tree) => Promise.resolve(judge(tree)),
    deployer: await createDeployer(fleet.rollout.deploy, context, () => Promise.resolve("main")),
    verifyHost: ({ name }) => {
      if (existsSync(join(machines, name, "loki-down")))
        throw new FleetError(error("loki/unreachable", "Loki does not answer"));
      const ok = !existsSync(join(machines, name, "silent"));
      return Promise.resolve({ ok, summary: `${name}: no entry of its journal is in Loki` });
    },
    now,
  };
}

async function generate(root: string, fleet: Fleet, hosts: readonly Host[]) {
  const files = await Promise.all(
    hosts.map(async ({ directory }) => {
      const file = `${directory}/configuration.nix`;
      return { file, text: (await readText(root, file)) ?? "", modulesImport: "../../modules" };
    }),
  );
  const inputs = {
    promtail: "modules/promtail",
    pipeline: "// the pipeline\n",
    test: undefined,
    hosts: files,
  };
  return findChanges(root, generateNixos(fleet, inputs).files);
}

/** Fails for a host whose configuration says `broken`, and for one that imports a module which refuses. */
function judge(tree: string): string {
  const files = globSync("hosts/*/configuration.nix", { cwd: tree });
  const promtail = join(tree, "modules/promtail/default.nix");
  const refuses = existsSync(promtail) && readFileSync(promtail, "utf8").startsWith("throw ");
  for (const file of files) {
    const text = readFileSync(join(tree, file), "utf8");
    if (text.includes("broken") || (refuses && text.includes("modules/promtail")))
      throw new FleetError(error("gate/evaluation-failed", `${file} does not evaluate`), 1);
  }
  return `${files.length} pass, 0 fail, 0 unverified`;
}

export interface SimulatedRun {
  resume?: boolean;
  /** Hours since the rollout began: the soak time is one. */
  hours?: number;
  wave?: number;
  through?: "generate" | "gate" | "commit" | "deploy" | "verify";
  listener?: (record: JournalRecord) => void;
  signal?: AbortSignal;
}

const BEGIN = Date.UTC(2026, 5, 7, 12);

/** One `fleet rollout`. */
export async function simulateRollout(
  fleet: SimulatedFleet,
  { resume = false, hours = 0, wave, through = "verify", listener, signal }: SimulatedRun = {},
): Promise<RolloutReport> {
  return withSimulation(fleet, { hours, listener, signal }, async (rollout) =>
    rollout.run(await rollout.plan({ wave, resume, through }), through),
  );
}

/** Gives `work` the rollout of a simulated fleet, under its lock. */
export async function withSimulation<T>(
  fleet: SimulatedFleet,
  {
    hours = 0,
    listener = () => undefined,
    signal = new AbortController().signal,
  }: { hours?: number; listener?: SimulatedRun["listener"] | undefined; signal?: AbortSignal | undefined },
  work: (rollout: Rollout) => Promise<T>,
): Promise<T> {
  const now = (): Date => new Date(BEGIN + hours * 3_600_000);
  const outside = await simulatedOutside(fleet, { now, signal });
  const { root } = fleet;
  return withJournal(root, { command: "fleet rollout", breakLock: false, now, listener }, async (journal) =>
    work(
      new Rollout({
        root,
        journal,
        tree: new RolloutTree(root, signal),
        outside,
        signal,
        log: () => undefined,
      }),
    ),
  );
}

/** What a machine runs and what was done to it. */
export async function machine(
  fleet: SimulatedFleet,
  name: string,
): Promise<{ generation: string; log: string[] }> {
  const read = (file: string): Promise<string> => readFile(join(fleet.machines, name, file), "utf8");
  return {
    generation: (await read("generation")).trim(),
    log: (await read("log")).split("\n").filter((line) => line !== ""),
  };
}

/** Makes a machine misbehave, or with `false` behave again. */
export async function mark(fleet: SimulatedFleet, name: string, how: string, present = true): Promise<void> {
  const path = join(fleet.machines, name, how);
  if (present) await writeFile(path, "");
  else await rm(path, { force: true });
}

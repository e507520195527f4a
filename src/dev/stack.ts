import { existsSync } from "node:fs";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { error, FleetError, warning, type Diagnostic } from "../diagnostics/index.ts";
import { run, runningProcess, startBackground, stopBackground } from "../process/index.ts";
import {
  cacheDirectory,
  ensureProgram,
  locateProgram,
  withLock,
  type Program,
  type ProgramOptions,
} from "../programs/index.ts";
import { COMPOSE_SOURCES, composeFile, PROJECT } from "./compose.ts";
import { provisioning } from "./grafana.ts";
import { READY_PATHS, SERVICES, serviceUrl, type Ports, type ServiceName } from "./ports.ts";
import { prepare } from "./processes.ts";

/** Containers, or plain processes of programs on this machine. */
export type Way = "compose" | "processes";

export interface Service {
  name: ServiceName;
  url: string;
  state: "running" | "not running" | "not to be had";
  /** What runs: "vault 1.21.0 (from PATH)"; or why it does not. */
  detail: string;
}

export interface StackOptions extends ProgramOptions {
  ports: Ports;
  /** Undefined: containers where an engine answers, else processes. */
  way: Way | undefined;
}

export interface Stack {
  way: Way;
  services: readonly Service[];
  diagnostics: readonly Diagnostic[];
}

/** Milliseconds that a service has to answer. */
const PATIENCE = 120_000;

/** Where the stack keeps its pid files, logs, settings and data. */
export function stackDirectory(env: ProgramOptions["env"]): string {
  return join(cacheDirectory(env), "dev");
}

/**
 * Starts what does not run yet, and waits until it answers. What this run started is stopped again when it fails.
 * Grafana is left out, with a warning, where it cannot be had.
 *
 * @throws FleetError `dev/port-taken`, `dev/not-ready`, `dev/compose-failed`, and what `ensureProgram` throws
 */
export async function up(options: StackOptions): Promise<Stack> {
  return locked(options, async (directory) => {
    const running = await recordedWay(directory);
    const way = running ?? options.way ?? ((await engine(options)) === undefined ? "processes" : "compose");
    await mkdir(directory, { recursive: true, mode: 0o700 });
    await writeFile(join(directory, "prometheus.yaml"), "global: { scrape_interval: 15s }\n");
    return way === "compose" ? composeUp(directory, options) : processesUp(directory, options);
  });
}

/** Stops the stack and removes all that it kept. Gives the names of what ran. */
export async function down(options: ProgramOptions): Promise<string[]> {
  return locked(options, async (directory) => {
    const stopped: string[] = [];
    if (existsSync(join(directory, "compose.yaml"))) {
      await compose(directory, options, ["down", "--volumes", "--remove-orphans"]);
      stopped.push(PROJECT);
    }
    for (const name of SERVICES) {
      if (await stopBackground(pidFile(directory, name))) stopped.push(name);
    }
    await rm(directory, { recursive: true, force: true });
    return stopped;
  });
}

/** What of the stack runs. */
export async function status(options: ProgramOptions & { ports: Ports }): Promise<Service[]> {
  const directory = stackDirectory(options.env);
  const composed = (await recordedWay(directory)) === "compose";
  return Promise.all(
    SERVICES.map(async (name): Promise<Service> => {
      const pid = await runningProcess(pidFile(directory, name));
      const ports = await recordedPorts(directory, options.ports);
      const url = serviceUrl(ports, name);
      const runs = composed ? await answers(ports, name) : pid !== undefined;
      const detail = pid === undefined ? (runs ? "a container" : "") : `process ${pid}`;
      return { name, url, state: runs ? "running" : "not running", detail };
    }),
  );
}

async function processesUp(directory: string, options: StackOptions): Promise<Stack> {
  const { ports } = options;
  const services: Service[] = [];
  const diagnostics: Diagnostic[] = [];
  const started: ServiceName[] = [];
  const sources = { prometheus: serviceUrl(ports, "prometheus"), loki: serviceUrl(ports, "loki") };
  await writeProvisioning(directory, sources, join(directory, "provisioning"));
  await writeFile(join(directory, "ports.json"), JSON.stringify(ports));
  try {
    for (const name of SERVICES) {
      const url = serviceUrl(ports, name);
      const pid = await runningProcess(pidFile(directory, name));
      if (pid !== undefined && (await answers(ports, name))) {
        services.push({ name, url, state: "running", detail: `runs already, process ${pid}` });
        continue;
      }
      const program = await programOf(name, options);
      if (program instanceof FleetError) {
        diagnostics.push(withoutGrafana(program));
        services.push({ name, url, state: "not to be had", detail: "no program, and no container engine" });
        continue;
      }
      await stopBackground(pidFile(directory, name));
      await mustBeFree(ports, name);
      started.push(name);
      await launch(name, program, directory, options);
      services.push({ name, url, state: "running", detail: program.description });
    }
    return { way: "processes", services, diagnostics };
  } catch (caught) {
    for (const name of started) await stopBackground(pidFile(directory, name));
    throw caught;
  }
}

/** The program of a service. Grafana is the one that a stack is of use without. */
async function programOf(name: ServiceName, options: StackOptions): Promise<Program | FleetError> {
  try {
    return await ensureProgram(name, options);
  } catch (caught) {
    if (name === "grafana" && caught instanceof FleetError) return caught;
    throw caught;
  }
}

function withoutGrafana({ diagnostics: [first] }: FleetError): Diagnostic {
  const hint = "put grafana on PATH, or run a container engine; its data sources and dashboard lie ready";
  return warning("dev/no-grafana", first?.message ?? "grafana cannot be had", { hint });
}

async function launch(
  name: ServiceName,
  program: Program,
  directory: string,
  { ports, log, signal }: StackOptions,
): Promise<void> {
  const logFile = join(directory, `${name}.log`);
  const { args, env = {} } = await prepare(name, program, ports, directory);
  log?.(`starting ${program.description} at ${serviceUrl(ports, name)}`);
  startBackground({
    command: program.path,
    args,
    env,
    pidFile: pidFile(directory, name),
    logFile,
    cwd: directory,
  });
  const deadline = Date.now() + PATIENCE;
  for (let looks = 0; !(await answers(ports, name)); looks += 1) {
    signal?.throwIfAborted();
    // At its first look the shell may not have written the file yet.
    const ended = looks > 5 && (await runningProcess(pidFile(directory, name))) === undefined;
    if (ended || Date.now() > deadline) {
      const lines = (await readFile(logFile, "utf8").catch(() => "")).trim().split("\n").slice(-5).join("\n");
      const state = ended ? "ended" : `did not answer within ${PATIENCE / 1000} s`;
      const hint = "mend what it says, and run it again";
      throw new FleetError(error("dev/not-ready", `${program.description} ${state}:\n${lines}`, { hint }));
    }
    await sleep(200);
  }
}

async function composeUp(directory: string, options: StackOptions): Promise<Stack> {
  const { ports } = options;
  await writeProvisioning(directory, COMPOSE_SOURCES, "/etc/grafana/provisioning");
  await writeFile(join(directory, "ports.json"), JSON.stringify(ports));
  await writeFile(join(directory, "compose.yaml"), composeFile(ports));
  await compose(directory, options, ["up", "--detach", "--remove-orphans"]);
  const deadline = Date.now() + PATIENCE;
  for (const name of SERVICES) {
    while (!(await answers(ports, name))) {
      options.signal?.throwIfAborted();
      if (Date.now() > deadline) {
        const hint = `docker compose -p ${PROJECT} logs ${name}`;
        throw new FleetError(
          error("dev/not-ready", `${name} does not answer at ${serviceUrl(ports, name)}`, { hint }),
        );
      }
      await sleep(500);
    }
  }
  const services = SERVICES.map((name): Service => ({
    name,
    url: serviceUrl(ports, name),
    state: "running",
    detail: "a container",
  }));
  return { way: "compose", services, diagnostics: [] };
}

/** Where the client of a container engine is whose engine answers. */
async function engine(options: ProgramOptions): Promise<string | undefined> {
  const docker = locateProgram("docker", options);
  if (docker === undefined) return undefined;
  for (const args of [["info"], ["compose", "version"]]) {
    const asked = await run(docker, args, { timeout: 15_000 }).catch(() => undefined);
    if (asked?.exitCode !== 0) return undefined;
  }
  return docker;
}

async function compose(directory: string, options: ProgramOptions, args: readonly string[]): Promise<void> {
  const docker = await engine(options);
  const hint = "start the container engine, or use --with processes";
  if (docker === undefined) {
    throw new FleetError(error("dev/compose-failed", "no container engine with compose answers", { hint }));
  }
  const file = join(directory, "compose.yaml");
  const { log, signal } = options;
  const result = await run(docker, ["compose", "--project-name", PROJECT, "--file", file, ...args], {
    ...(log === undefined ? {} : { onStderr: log }),
    ...(signal === undefined ? {} : { signal }),
  });
  if (result.exitCode === 0) return;
  const last = result.stderr.trim().split("\n").at(-1) ?? "";
  throw new FleetError(
    error("dev/compose-failed", `docker compose ${args[0] ?? ""} failed: ${last}`, { hint }),
  );
}

async function writeProvisioning(
  directory: string,
  sources: { prometheus: string; loki: string },
  seenAs: string,
): Promise<void> {
  for (const [name, text] of provisioning(sources, seenAs)) {
    const path = join(directory, "provisioning", name);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  }
}

async function mustBeFree(ports: Ports, name: ServiceName): Promise<void> {
  const taken = await fetch(serviceUrl(ports, name), { signal: AbortSignal.timeout(2000) }).then(
    () => true,
    (caught: unknown) => !(caught instanceof Error && /ECONNREFUSED/.test(String(caught.cause))),
  );
  if (!taken) return;
  const hint = `end what listens there, or choose another: --port ${name}=${ports[name] + 10_000}`;
  throw new FleetError(error("dev/port-taken", `port ${ports[name]}, for ${name}, is taken`, { hint }));
}

async function answers(ports: Ports, name: ServiceName): Promise<boolean> {
  try {
    const response = await fetch(serviceUrl(ports, name) + READY_PATHS[name], {
      signal: AbortSignal.timeout(3000),
    });
    return response.ok;
  } catch {
    return false;
  }
}

/** How the stack was started that the directory tells of. */
async function recordedWay(directory: string): Promise<Way | undefined> {
  if (existsSync(join(directory, "compose.yaml"))) return "compose";
  const pids = await Promise.all(SERVICES.map((name) => runningProcess(pidFile(directory, name))));
  return pids.some((pid) => pid !== undefined) ? "processes" : undefined;
}

async function recordedPorts(directory: string, otherwise: Ports): Promise<Ports> {
  const text = await readFile(join(directory, "ports.json"), "utf8").catch(() => undefined);
  return text === undefined ? otherwise : (JSON.parse(text) as Ports);
}

function pidFile(directory: string, name: ServiceName): string {
  return join(directory, `${name}.pid`);
}

function locked<T>(options: ProgramOptions, work: (directory: string) => Promise<T>): Promise<T> {
  const directory = stackDirectory(options.env);
  return withLock(`${directory}.lock`, () => work(directory), {
    onWait: () => options.log?.("waiting for another fleet dev"),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  });
}

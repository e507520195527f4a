import { randomBytes } from "node:crypto";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { error, FleetError, type Diagnostic } from "../diagnostics/index.ts";
import type { Fleet, Host } from "../manifest/index.ts";
import { ensureProgram, findProgram, type Program, type ProgramOptions } from "../programs/index.ts";
import {
  decryptSecrets,
  frontFor,
  installGuest,
  renderSystem,
  type RenderedSystem,
  type ShipperCommands,
} from "./guest/index.ts";
import { GUEST } from "./guest-layout.ts";
import { TestLog } from "./log.ts";
import type { Machine } from "./machine.ts";
import { prepareQemu, vmDirectory, type QemuDriver, type RunningMachine } from "./qemu/index.ts";
import { readSubject, runSteps, type Scenario, type Shipper } from "./scenario/index.ts";
import { subjectInputs } from "./subject.ts";

/** What a machine is given when nothing else is said; times are for a busy machine under software emulation. */
export const MACHINE_DEFAULTS = { memory: 2048, bootTimeout: 600_000, timeout: 900_000 } as const;

export interface VmRequest {
  /** A tree in which the host evaluates, shipping with what the scenarios ask for. */
  root: string;
  fleet: Fleet;
  host: Host;
  /** The Promtail configuration whose behaviour is expected, as plain data; undefined where there is none. */
  promtail: unknown;
  env: ProgramOptions["env"];
  log: (line: string) => void;
  signal: AbortSignal;
  /** MiB for the guest. */
  memory: number;
  /** Milliseconds from power-on to a shell. */
  bootTimeout: number;
  /** Where there is no real Alloy, and it is not required, `fleet ship` stands in. */
  alloy: "required" | "where there is one";
}

export interface ScenarioRequest extends VmRequest {
  scenarios: readonly Scenario[];
  /** Milliseconds that one scenario may take, the start of its machine included. */
  timeout: number;
  /** Keep console and journal of scenarios that pass, too. */
  keep: boolean;
  /** Called when a scenario has ended, before its machine is released. */
  beforeRelease?: (machine: RunningMachine) => Promise<void>;
}

/** How a part of a test was done: by the real program, or by what fleet embeds in its place. */
export interface Means {
  real: boolean;
  name: string;
}

export interface ScenarioReport {
  scenario: string;
  description: string;
  /** "failed": something was not as expected; "error": the test itself could not go on. */
  status: "passed" | "failed" | "error";
  seconds: number;
  diagnostics: readonly Diagnostic[];
  means: readonly Means[];
  /** Directory with console.log, journal.txt and test.log, where they were kept. */
  kept: string | undefined;
}

/**
 * Runs scenarios one after the other, each on a machine of its own. A scenario that fails, or whose machine breaks, is
 * a report.
 *
 * @throws FleetError when no machine can be had at all, and the signal's reason when it is aborted.
 */
export async function runScenarios(request: ScenarioRequest): Promise<ScenarioReport[]> {
  const driver = await prepareQemu(request);
  request.log(`machines: ${driver.description}`);
  const reports: ScenarioReport[] = [];
  for (const [at, scenario] of request.scenarios.entries()) {
    request.log(`\n[${at + 1}/${request.scenarios.length}] ${scenario.name}: ${scenario.description}`);
    reports.push(await runScenario(scenario, driver, request));
  }
  return reports;
}

async function runScenario(
  scenario: Scenario,
  driver: QemuDriver,
  request: ScenarioRequest,
): Promise<ScenarioReport> {
  const begun = performance.now();
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(late(scenario, request.timeout)), request.timeout);
  const lines: string[] = [];
  const log = new TestLog((line) => {
    lines.push(line);
    request.log(line);
  });
  const report: ScenarioReport = {
    scenario: scenario.name,
    description: scenario.description,
    status: "passed",
    seconds: 0,
    diagnostics: [],
    means: [],
    kept: undefined,
  };
  const limited = { ...request, signal: AbortSignal.any([request.signal, limit.signal]) };
  let running: HostMachine | undefined;
  try {
    running = await prepareHost(scenario.ships, driver, log, limited);
    report.means = running.means;
    await startHost(running);
    await runOn(running, scenario, limited);
  } catch (caught) {
    request.signal.throwIfAborted();
    if (!(caught instanceof FleetError)) throw caught;
    report.status = caught.exitCode === 1 ? "failed" : "error";
    report.diagnostics = caught.diagnostics;
    log.line(`${scenario.name} ${report.status}: ${caught.diagnostics[0]?.message ?? ""}`);
  } finally {
    clearTimeout(timer);
    if (running !== undefined) {
      const wanted = report.status !== "passed" || request.keep;
      if (wanted && !request.signal.aborted) report.kept = await keep(running, scenario, lines, request);
      if (!request.signal.aborted) await request.beforeRelease?.(running);
      await running.release();
    }
  }
  report.seconds = (performance.now() - begun) / 1000;
  return report;
}

function late({ name }: Scenario, timeout: number): FleetError {
  return new FleetError(
    error("vm/timeout", `${name} did not end within ${timeout / 1000} s`, {
      hint: "a busy machine may need longer: --timeout",
    }),
  );
}

/** A machine that is to be a host of the fleet, not started yet. */
export interface HostMachine extends RunningMachine {
  system: RenderedSystem;
  means: readonly Means[];
  /** Makes the started machine the host. */
  install: () => Promise<void>;
}

/** Evaluates the host, makes its secrets and a machine with the programs that ship its journal. */
export async function prepareHost(
  ships: readonly Shipper[],
  driver: QemuDriver,
  log: TestLog,
  request: VmRequest,
): Promise<HostMachine> {
  const { root, fleet, host, env, signal } = request;
  const programOptions = { env, tools: fleet.tools, cwd: root, log: request.log, signal };
  const system = await log.part(`evaluate ${host.name}`, () =>
    renderSystem({ root, fleet, host, shippers: ships, env, signal, log: request.log }),
  );
  const secrets = await decryptSecrets({ ...programOptions, fleet, secrets: system.secrets });
  const get = request.alloy === "required" ? ensureProgram : findProgram;
  const alloy = ships.includes("alloy") ? await get("alloy", programOptions) : undefined;
  const promtail = ships.includes("promtail") ? await ensureProgram("promtail", programOptions) : undefined;
  const loki = await ensureProgram("loki", programOptions);
  const programs = [alloy, promtail].filter((program) => program !== undefined);
  const running = await driver.machine(system.hostName, programs, { log, signal });
  const shippers: ShipperCommands = {
    ...(ships.includes("alloy") && { alloy: alloy === undefined ? `${GUEST.fleet} ship` : GUEST.alloy }),
    ...(promtail !== undefined && { promtail: GUEST.promtail }),
  };
  const front = frontFor(fleet.loki, secrets.password);
  return {
    ...running,
    system,
    means: meansOf({ driver, system, loki, alloy, promtail, ships, secrets: secrets.source }),
    install: () => installGuest(running.machine, { system, secrets, front, shippers }),
  };
}

/** Starts a host's machine and makes it the host. */
export async function startHost({ machine, system, install }: HostMachine): Promise<void> {
  await machine.start();
  await machine.subtest(`make it the host ${system.hostName}`, install);
}

async function runOn(running: HostMachine, scenario: Scenario, request: ScenarioRequest): Promise<void> {
  const { fleet, host, promtail, signal } = request;
  const { machine, system } = running;
  const subject = readSubject(subjectInputs(system, { fleet, promtail }));
  await machine.subtest(
    `${scenario.name} on ${host.name}, expecting what follows from ${subject.basis}`,
    () =>
      runSteps(scenario.steps(subject), {
        machine,
        loki: { url: lokiUrl(machine), signal },
        nonce: randomBytes(4).toString("hex"),
        signal,
      }),
  );
}

/** Where Loki is reached from here, without a password. */
export function lokiUrl(machine: Machine): string {
  return `http://127.0.0.1:${machine.forwardedPort(GUEST.lokiPort) ?? 0}`;
}

function meansOf(used: {
  driver: QemuDriver;
  system: RenderedSystem;
  loki: Program;
  alloy: Program | undefined;
  promtail: Program | undefined;
  ships: readonly Shipper[];
  secrets: string;
}): Means[] {
  const { driver, system, loki, alloy, promtail, ships, secrets } = used;
  return [
    { real: true, name: `systemd of a Debian guest under ${driver.description}` },
    { real: true, name: `${loki.description}, in a container of podman` },
    { real: true, name: `secrets ${secrets}` },
    { real: !system.through.startsWith("the embedded"), name: `units and files through ${system.through}` },
    ...(ships.includes("alloy")
      ? [{ real: alloy !== undefined, name: alloy?.description ?? "fleet ship in the place of alloy" }]
      : []),
    ...(promtail === undefined ? [] : [{ real: true, name: promtail.description }]),
  ];
}

/** Milliseconds to ask a guest that may be in a bad way for its journal. */
const JOURNAL = 60_000;

/** Keeps what the machine said, in the place of what was kept of the same scenario before. */
async function keep(
  { machine, guest }: HostMachine,
  { name }: Scenario,
  lines: readonly string[],
  { env, host }: ScenarioRequest,
): Promise<string> {
  const directory = join(vmDirectory(env), "kept", `${host.name}-${name}`);
  await rm(directory, { recursive: true, force: true });
  await mkdir(directory, { recursive: true });
  await writeFile(join(directory, "console.log"), machine.consoleLog());
  await writeFile(join(directory, "test.log"), lines.map((line) => `${line}\n`).join(""));
  const journal = await guest
    .execute("journalctl --no-pager --output=short-precise", { timeout: JOURNAL })
    .then(({ stdout }) => stdout)
    .catch((caught: unknown) => `the journal could not be had: ${String(caught)}\n`);
  await writeFile(join(directory, "journal.txt"), journal);
  return directory;
}

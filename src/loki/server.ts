import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { error, FleetError } from "../diagnostics/index.ts";
import { freePorts, start, waitUntilReady, type Child } from "../process/index.ts";
import { ensureProgram, type Program, type ProgramOptions } from "../programs/index.ts";
import { lokiConfiguration } from "./configuration.ts";

export interface StartLokiOptions extends ProgramOptions {
  /** True: each request must name its tenant. */
  multiTenant?: boolean;
  /** Milliseconds that Loki has to become ready, 60 s when left out. */
  timeout?: number;
}

/** A Loki that runs on loopback for as long as it is needed. */
export interface Loki {
  /** `http://127.0.0.1:PORT`, without a path. */
  readonly url: string;
  readonly program: Program;
  /** The newest lines of its log. */
  log(): readonly string[];
  /**
   * Gives normally while Loki runs.
   *
   * @throws FleetError `loki/ended` with the last lines of its log when it came to an end by itself.
   */
  check(): void;
  /** Ends Loki and removes its data. May be called again. */
  stop(): Promise<void>;
}

const ATTEMPTS = 3;

/**
 * Starts a Loki on free loopback ports with its data in a temporary directory, and waits until it takes and
 * answers requests. The program is found, or got, as `ensureProgram` does it.
 *
 * @throws FleetError `loki/ended`, `loki/not-ready`, and what `ensureProgram` throws.
 */
export async function startLoki(options: StartLokiOptions): Promise<Loki> {
  const program = await ensureProgram("loki", options);
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await startOnce(program, options);
    } catch (caught) {
      // Another program may take a free port between its choice and its use.
      if (attempt === ATTEMPTS || !String(caught).includes("address already in use")) throw caught;
    }
  }
}

async function startOnce(program: Program, options: StartLokiOptions): Promise<Loki> {
  const directory = await mkdtemp(join(tmpdir(), "fleet-loki-"));
  const [httpPort = 0, grpcPort = 0] = await freePorts(2);
  const config = join(directory, "loki.yaml");
  const settings = { directory, httpPort, grpcPort, multiTenant: options.multiTenant === true };
  await writeFile(config, lokiConfiguration(settings));

  const child = start(program.path, [`-config.file=${config}`]);
  let stopping = false;
  let exitCode: number | undefined;
  void child.ended.then((code) => (exitCode = code));
  const loki: Loki = {
    url: `http://127.0.0.1:${httpPort}`,
    program,
    log: () => child.recent(),
    check() {
      if (exitCode !== undefined && !stopping) throw hasEnded(program, child, exitCode);
    },
    async stop() {
      stopping = true;
      await child.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
  try {
    await becomeReady(loki, child, options);
    return loki;
  } catch (caught) {
    await loki.stop();
    throw caught;
  }
}

async function becomeReady(loki: Loki, child: Child, options: StartLokiOptions): Promise<void> {
  const timeout = options.timeout ?? 60_000;
  const probe = async (): Promise<boolean> => (await fetch(`${loki.url}/ready`)).ok;
  const readiness = await waitUntilReady(child, probe, {
    timeout,
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  });
  if (readiness.state === "ready") return;
  if (readiness.state === "ended") throw hasEnded(loki.program, child, readiness.exitCode);
  throw new FleetError(
    error(
      "loki/not-ready",
      `${loki.program.description} was not ready after ${timeout / 1000} s${lastLines(child)}`,
      {
        hint: "the machine may be too busy; run it again",
      },
    ),
  );
}

function hasEnded(program: Program, child: Child, exitCode: number): FleetError {
  return new FleetError(
    error("loki/ended", `${program.description} ended with code ${exitCode}${lastLines(child)}`, {
      hint: `check that ${program.path} is a Loki of version 3`,
    }),
  );
}

function lastLines(child: Child): string {
  const lines = child.recent().slice(-8);
  return lines.length === 0 ? " and printed nothing" : `; its last lines:\n${lines.join("\n")}`;
}

import { error, FleetError } from "../diagnostics/index.ts";
import { execaLibrary } from "./execa.ts";

export interface StartOptions {
  cwd?: string;
  /** Added to the environment of the program; undefined removes a variable. */
  env?: Record<string, string | undefined>;
  /** Called with each line of stdout and stderr as it comes. */
  onLine?: (line: string) => void;
}

/** A program that runs beside fleet until it is stopped. */
export interface Child {
  readonly command: string;
  /** Settles with the exit code (128 + n after signal n) once the program has ended; never rejects. */
  readonly ended: Promise<number>;
  /** The newest lines that it printed, stdout and stderr together, at most 200. */
  recent(): readonly string[];
  /** Ends the program and everything it started, and waits until it has. May be called again. */
  stop(): Promise<void>;
}

const RECENT = 200;
/** Seconds a program has to end after SIGTERM before its whole process group is killed. */
const GRACE = 5;

/**
 * The guard that every long-running program is started under. Its standard input is a life line held by
 * fleet: when the line is let go, on purpose or because fleet was killed (even with SIGKILL), the guard ends
 * the program's process group. $1 is the grace period in seconds, the rest the command line.
 */
const GUARD = `
grace=$1; shift
exec 3<&0
"$@" </dev/null 3<&- &
program=$!
trap '' TERM INT HUP
{ read -r _ <&3; kill -TERM 0; sleep "$grace"; kill -KILL 0; } >/dev/null 2>&1 &
exec 3<&-
while :; do wait "$program"; code=$?; kill -0 "$program" 2>/dev/null || break; done
exit "$code"`;

/**
 * Starts a program and gives a handle on it at once. However fleet ends, the program and its children do not
 * outlive it by more than the grace period of five seconds.
 *
 * @throws FleetError `process/not-found` when the program cannot be started.
 */
export function start(command: string, args: readonly string[], options: StartOptions = {}): Child {
  const guard = execaLibrary().execa("sh", ["-c", GUARD, "fleet-guard", String(GRACE), command, ...args], {
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    ...(options.env === undefined ? {} : { env: options.env }),
    stdin: "pipe",
    all: true,
    buffer: false,
    reject: false,
    detached: true,
  });
  const { pid } = guard;
  if (pid === undefined)
    throw new FleetError(error("process/not-found", `${command} cannot be started: there is no sh`));

  const recent: string[] = [];
  const followed = (async () => {
    for await (const line of guard.iterable({ from: "all" })) {
      recent.push(line);
      if (recent.length > RECENT) recent.shift();
      options.onLine?.(line);
    }
  })();
  const ended = (async () => {
    const result = await guard;
    killGroup(pid);
    await followed.catch(() => undefined);
    return result.exitCode ?? 128;
  })();
  return {
    command,
    ended,
    recent: () => recent,
    async stop() {
      guard.stdin.end();
      await ended;
    },
  };
}

/** Kills what is left of a process group; the guard's sleep at the least. */
function killGroup(pid: number): void {
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // Nothing was left.
  }
}

export type Readiness = { state: "ready" } | { state: "ended"; exitCode: number } | { state: "late" };

/**
 * Asks `probe` again and again until it says true, the program ends, or `timeout` milliseconds are over.
 * A probe that throws counts as "not yet".
 *
 * @throws the signal's reason when `signal` is aborted.
 */
export async function waitUntilReady(
  child: Child,
  probe: () => Promise<boolean>,
  options: { timeout: number; interval?: number; signal?: AbortSignal },
): Promise<Readiness> {
  const deadline = Date.now() + options.timeout;
  const ended = child.ended.then((exitCode): Readiness => ({ state: "ended", exitCode }));
  while (Date.now() < deadline) {
    options.signal?.throwIfAborted();
    const probed = probe().then(
      (ready): Readiness => ({ state: ready ? "ready" : "late" }),
      (): Readiness => ({ state: "late" }),
    );
    const answer = await Promise.race([probed, ended]);
    if (answer.state !== "late") return answer;
    await new Promise((resolve) => setTimeout(resolve, options.interval ?? 100));
  }
  return { state: "late" };
}

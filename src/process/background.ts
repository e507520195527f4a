import { spawn } from "node:child_process";
import { openSync, closeSync } from "node:fs";
import { readFile, rm } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { error, FleetError } from "../diagnostics/index.ts";
import { isRunning } from "./running.ts";

/** A program that goes on running when fleet has ended. Its pid file is what it is found by again. */
export interface BackgroundProgram {
  command: string;
  args: readonly string[];
  pidFile: string;
  /** Where stdout and stderr go. */
  logFile: string;
  cwd: string;
  /** Added to the environment of the program. */
  env?: Readonly<Record<string, string>>;
}

/**
 * Writes the shell's own process id, which the program takes over, and when it began: so there is no moment at which
 * the program runs and the file is not there, and a later process with the same id is not taken for it.
 */
const RECORD = `
file=$1; shift
began=$(cut -d ' ' -f 22 "/proc/$$/stat" 2>/dev/null)
echo "$$ $began" >"$file"
exec "$@"`;

/** Milliseconds that a program has to end after SIGTERM. */
const GRACE = 10_000;

/**
 * Starts a program in a session of its own and gives at once.
 *
 * @throws FleetError `process/not-found` when there is no shell to start it with
 */
export function startBackground({ command, args, pidFile, logFile, cwd, env }: BackgroundProgram): void {
  const log = openSync(logFile, "a");
  try {
    const child = spawn("sh", ["-c", RECORD, "fleet-background", pidFile, command, ...args], {
      cwd,
      env: { ...process.env, ...env },
      stdio: ["ignore", log, log],
      detached: true,
    });
    if (child.pid === undefined)
      throw new FleetError(error("process/not-found", `${command} cannot be started: there is no sh`));
    child.unref();
  } finally {
    closeSync(log);
  }
}

/** The id of the process that a pid file names, while it runs. */
export async function runningProcess(pidFile: string): Promise<number | undefined> {
  const text = await readFile(pidFile, "utf8").catch(() => "");
  const [id = "", began = ""] = text.trim().split(" ");
  const pid = Number(id);
  if (!Number.isInteger(pid) || pid <= 1) return undefined;
  if (!isRunning(pid)) return undefined;
  if (began === "") return pid;
  // The name in parentheses may hold spaces; the state after it is field 3.
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  // A process that has ended and that nobody has waited for yet does not run.
  return fields[0] !== "Z" && fields[19] === began ? pid : undefined;
}

/** Ends the process that a pid file names, and all of its group, and removes the file. True when it ran. */
export async function stopBackground(pidFile: string): Promise<boolean> {
  const pid = await runningProcess(pidFile);
  if (pid !== undefined) {
    signalGroup(pid, "SIGTERM");
    const deadline = Date.now() + GRACE;
    while ((await runningProcess(pidFile)) !== undefined) {
      if (Date.now() > deadline) signalGroup(pid, "SIGKILL");
      await sleep(50);
    }
  }
  await rm(pidFile, { force: true });
  return pid !== undefined;
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch {
    // It has ended by itself.
  }
}

import { error, FleetError } from "../diagnostics/index.ts";
import { execaLibrary } from "./execa.ts";

export interface RunOptions {
  cwd?: string;
  /** Added to the environment of this process; undefined removes a variable. */
  env?: Record<string, string | undefined>;
  input?: string | Uint8Array;
  /** Milliseconds after which the program and its children are ended. */
  timeout?: number;
  signal?: AbortSignal;
  /** Called with the program's process id once it runs. */
  onStart?: (pid: number) => void;
  /** Called with each line of stderr as it comes, for progress. */
  onStderr?: (line: string) => void;
  /** Called with each line of stdout as it comes, for progress. */
  onStdout?: (line: string) => void;
}

export interface RunResult {
  /** 128 when a signal ended the program. */
  exitCode: number;
  /** The signal that ended the program: "SIGKILL". */
  signal: string | undefined;
  stdout: string;
  stderr: string;
}

/**
 * Runs a program to its end and gives what it printed, whatever its exit code: a program's failure is data
 * for the caller. stdout is kept to the byte (no trailing line break is cut).
 *
 * @throws FleetError `process/not-found` when there is no such program, `process/timeout` after `timeout`.
 */
export async function run(
  command: string,
  args: readonly string[],
  options: RunOptions = {},
): Promise<RunResult> {
  const child = execaLibrary().execa(command, [...args], {
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    ...(options.env === undefined ? {} : { env: options.env }),
    ...(options.input === undefined ? { stdin: "ignore" as const } : { input: options.input }),
    ...(options.timeout === undefined ? {} : { timeout: options.timeout }),
    ...(options.signal === undefined ? {} : { cancelSignal: options.signal }),
    stripFinalNewline: false,
    reject: false,
    maxBuffer: 1024 * 1024 * 1024,
    forceKillAfterDelay: 2000,
    killDescendants: true,
  });
  if (child.pid !== undefined) options.onStart?.(child.pid);
  const followed: Promise<void>[] = [];
  if (options.onStderr) followed.push(follow(child.iterable({ from: "stderr" }), options.onStderr));
  if (options.onStdout) followed.push(follow(child.iterable({ from: "stdout" }), options.onStdout));
  const result = await child;
  await Promise.all(followed);
  if (result.failed) {
    if (result.code === "ENOENT") {
      throw new FleetError(error("process/not-found", `${command} is not on this machine`));
    }
    if (result.timedOut) {
      const seconds = (options.timeout ?? 0) / 1000;
      throw new FleetError(error("process/timeout", `${command} did not end within ${seconds} s`));
    }
    if (result.isCanceled) throw options.signal?.reason;
  }
  const { stdout, stderr, signal } = result;
  return { exitCode: result.exitCode ?? 128, signal, stdout, stderr };
}

async function follow(lines: AsyncIterable<string>, tell: (line: string) => void): Promise<void> {
  for await (const line of lines) tell(line);
}

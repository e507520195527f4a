import { error, FleetError } from "../diagnostics/index.ts";
import { execaLibrary } from "./execa.ts";
import { wholeLines } from "./whole-lines.ts";

interface ReadOptions {
  signal?: AbortSignal;
}

/**
 * The lines that a program prints on stdout, as they come, in bounded memory. The program is ended when the
 * reader stops early.
 *
 * @throws FleetError `process/failed` with the end of stderr when the program ends with another code than 0.
 */
export function lines(
  command: string,
  args: readonly string[],
  options: ReadOptions = {},
): AsyncGenerator<string, void, undefined> {
  return output(command, args, options, (child) => child.iterable());
}

/** The same as bytes, as many lines at a time as there are: for millions of them. Throws as `lines` does. */
export function linePages(
  command: string,
  args: readonly string[],
  options: ReadOptions = {},
): AsyncGenerator<Buffer, void, undefined> {
  return output(command, args, options, (child) => wholeLines(child.stdout));
}

async function* output<T>(
  command: string,
  args: readonly string[],
  options: ReadOptions,
  read: (child: ReturnType<typeof begin>) => AsyncIterable<T>,
): AsyncGenerator<T, void, undefined> {
  const child = begin(command, args, options);
  let finished = false;
  try {
    for await (const one of read(child)) yield one;
    finished = true;
  } finally {
    if (!finished) child.kill();
  }
  const result = await child;
  options.signal?.throwIfAborted();
  if (!result.failed) return;
  if (result.code === "ENOENT") {
    throw new FleetError(error("process/not-found", `${command} is not on this machine`));
  }
  const last = result.stderr.trim().split("\n").slice(-5).join("\n");
  throw new FleetError(
    error("process/failed", `${command} ended with code ${result.exitCode ?? 128}: ${last}`),
  );
}

function begin(command: string, args: readonly string[], { signal }: ReadOptions) {
  return execaLibrary().execa(command, [...args], {
    stdin: "ignore",
    buffer: { stdout: false },
    reject: false,
    killDescendants: true,
    ...(signal === undefined ? {} : { cancelSignal: signal }),
  });
}

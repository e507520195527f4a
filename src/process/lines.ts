import { execa } from "execa";
import { error, FleetError } from "../diagnostics/index.ts";

/**
 * The lines that a program prints on stdout, as they come, in bounded memory. The program is ended when the
 * reader stops early.
 *
 * @throws FleetError `process/failed` with the end of stderr when the program ends with another code than 0.
 */
export async function* lines(
  command: string,
  args: readonly string[],
  options: { signal?: AbortSignal } = {},
): AsyncGenerator<string, void, undefined> {
  const child = execa(command, [...args], {
    stdin: "ignore",
    buffer: { stdout: false },
    reject: false,
    killDescendants: true,
    ...(options.signal === undefined ? {} : { cancelSignal: options.signal }),
  });
  let finished = false;
  try {
    for await (const line of child.iterable()) yield line;
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

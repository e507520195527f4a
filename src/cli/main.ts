import { error, FleetError } from "../diagnostics/index.ts";
import type { ExitCode } from "./command.ts";
import { createIo, failureJson, type Io, type Streams } from "./io.ts";
import { version } from "./version.ts";

/**
 * Runs one command line and gives its exit code; nothing else in fleet ends the process. `--version` is
 * answered before anything else is loaded.
 */
export async function main(argv: readonly string[], streams: Streams = process): Promise<ExitCode> {
  if (argv[0] === "--version" || argv[0] === "-V") {
    streams.stdout.write(`${version()}\n`);
    return 0;
  }
  const interrupt = new AbortController();
  // The listeners stay for the whole run: were they gone, execa's own would end the process while a program runs,
  // before the run has cleaned up. The second signal does end it.
  const stop = (name: NodeJS.Signals): void => {
    if (interrupt.signal.aborted) {
      process.off("SIGINT", stop).off("SIGTERM", stop);
      process.kill(process.pid, name);
    }
    interrupt.abort(new FleetError(error("cli/interrupted", "interrupted"), 2));
  };
  process.on("SIGINT", stop).on("SIGTERM", stop);
  const io = createIo({
    streams,
    env: process.env,
    cwd: process.cwd(),
    quiet: argv.includes("--quiet") || argv.includes("-q"),
    signal: interrupt.signal,
  });
  let repo: string | undefined;
  try {
    const { parseCommandLine } = await import("./parse.ts");
    const parsed = parseCommandLine(argv, io);
    if (typeof parsed === "number") return parsed;
    ({ repo } = parsed.invocation);
    const { run } = await parsed.command.load();
    return await run(parsed.invocation, io);
  } catch (caught) {
    return await fail(caught, { json: argv.includes("--json"), repo }, io);
  } finally {
    process.off("SIGINT", stop).off("SIGTERM", stop);
  }
}

async function fail(
  caught: unknown,
  { json, repo }: { json: boolean; repo: string | undefined },
  io: Io,
): Promise<ExitCode> {
  const failure = caught instanceof FleetError ? caught : internal(caught, io);
  if (json) io.json(failureJson(failure.diagnostics));
  // Spans name files as the user did, or below the repository's root.
  const { findRoot } = await import("../repository/index.ts");
  const root = await findRoot({ repo, cwd: io.cwd }).catch(() => io.cwd);
  const { textsBelow } = await import("./excerpts.ts");
  io.report(failure.diagnostics, repo === undefined ? textsBelow(io.cwd, root) : textsBelow(root, io.cwd));
  return failure.exitCode;
}

function internal(caught: unknown, io: Io): FleetError {
  const message = caught instanceof Error ? caught.message : String(caught);
  if (io.env["FLEET_DEBUG"] && caught instanceof Error) io.log(caught.stack ?? "");
  return new FleetError(
    error("cli/internal", message, {
      hint: "this is a defect in fleet; run again with FLEET_DEBUG=1 for the stack",
    }),
  );
}

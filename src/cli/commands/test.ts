import { z } from "zod";
import { diagnosticJson, error, FleetError } from "../../diagnostics/index.ts";
import { renderJunit } from "../../report/index.ts";
import type { ExitCode, Run } from "../command.ts";
import type { Io } from "../io.ts";
import { writeOutput } from "../output.ts";
import { execute, filesOf, findings, type Execution } from "../test/execution.ts";
import { findTests } from "../test/find.ts";
import { junitCase, renderExecution, renderTotals } from "../test/view.ts";
import { nextChange } from "../test/watch.ts";

const Options = z
  .object({
    junit: z.string().optional(),
    watch: z.boolean().default(false),
    update: z.boolean().default(false),
  })
  .readonly();

type Options = z.infer<typeof Options>;

/** `fleet test`: runs pipeline tests. Exits 1 when one fails, 2 when there is none. */
export const run: Run = async (invocation, io) => {
  const options = Options.parse(invocation.options);
  const paths = z.array(z.string()).parse(invocation.arguments[0] ?? []);
  const where = { cwd: io.cwd, repo: invocation.repo };
  if (options.watch && invocation.json) {
    const hint = "leave out --json, or run again for each document";
    throw new FleetError(error("cli/usage", "--watch prints for people, not as one document", { hint }));
  }
  for (;;) {
    const started = Date.now();
    const executions = await runAll(await findTests(paths, where), options, io, invocation.json);
    const exitCode: ExitCode = executions.every(({ ok }) => ok) ? 0 : 1;
    if (!options.watch) return exitCode;
    io.log("waiting for a change; Ctrl-C ends");
    const files = executions.flatMap((execution) => filesOf(execution, io));
    // What --update wrote itself is no change.
    const since = options.update ? Date.now() : started;
    if (!(await nextChange([...new Set(files)], since, io.signal))) return exitCode;
  }
};

async function runAll(
  files: readonly string[],
  { junit, update }: Options,
  io: Io,
  json: boolean,
): Promise<Execution[]> {
  const executions: Execution[] = [];
  for (const file of files) {
    io.signal.throwIfAborted();
    const execution = await execute(file, io, { update });
    executions.push(execution);
    if (!json) io.out(renderExecution(execution, io));
  }
  if (junit !== undefined) await writeOutput(junit, renderJunit("fleet test", executions.map(junitCase)), io);
  if (json) io.json(document(executions));
  else io.out(renderTotals(executions));
  return executions;
}

function document(executions: readonly Execution[]): unknown {
  return {
    ok: executions.every(({ ok }) => ok),
    tests: executions.map((execution) => ({
      file: execution.file,
      name: execution.name,
      ok: execution.ok,
      failures: execution.failures.map(({ assertion, message, span, details }) => ({
        assertion,
        message,
        line: span.start.line,
        column: span.start.column,
        details,
      })),
      updated: execution.updated,
    })),
    diagnostics: executions.flatMap(findings).map(diagnosticJson),
  };
}

import { format } from "../../alloy/syntax.ts";
import { diagnosticJson, error, FleetError, LineIndex, type Diagnostic } from "../../diagnostics/index.ts";
import { readAlloyFile, sameFiles, writeAlloyFile, type AlloyFile } from "../alloy-file.ts";
import type { Run } from "../command.ts";
import { textOf } from "../input.ts";
import type { Io } from "../io.ts";

interface Formatted {
  input: AlloyFile;
  /** The canonical form; undefined where the file has errors. */
  text: string | undefined;
  diagnostics: readonly Diagnostic[];
}

/**
 * `fleet fmt`: the canonical form of Alloy files, as `alloy fmt` prints it. Exits 1 for a file with errors, which
 * nothing is written for, and with `--test` for one that is not in its canonical form.
 */
export const run: Run = async (invocation, io) => {
  // Two flags and some paths need no schema; to load one would take longer than to format most files.
  const test = invocation.options["test"] === true;
  const write = invocation.options["write"] === true;
  const given = [invocation.arguments[0] ?? []].flat();
  const paths = given.length === 0 ? ["-"] : given;
  checkUsage(paths, test, write);
  const inputs = await Promise.all(paths.map((path) => readAlloyFile(path, io)));
  const results = inputs.map((input) => formatOne(input));
  const diagnostics = results.flatMap((result) => [
    ...result.diagnostics,
    ...(test ? unformatted(result) : []),
  ]);
  if (write && diagnostics.length === 0) await save(results, io);
  if (invocation.json) {
    io.json({
      ok: diagnostics.length === 0,
      files: results.map(({ input, text }) => ({
        file: input.name,
        changed: text === undefined ? null : text !== input.text,
        ...(test || write ? {} : { text: text ?? null }),
      })),
      diagnostics: diagnostics.map(diagnosticJson),
    });
  } else {
    io.report(diagnostics, textOf(...inputs));
    if (!test && !write) for (const { text } of results) io.out(text ?? "");
  }
  return diagnostics.length === 0 ? 0 : 1;
};

function checkUsage(paths: readonly string[], test: boolean, write: boolean): void {
  const hint = "fleet fmt --help lists what it takes";
  const usage = (message: string): FleetError => new FleetError(error("cli/usage", message, { hint }));
  if (test && write) throw usage("--test and --write exclude each other");
  if (write && paths.includes("-"))
    throw usage("--write needs a file: standard input cannot be written back");
  if (paths.length > 1 && !test && !write) throw usage("several files need --test or --write");
}

function formatOne(input: AlloyFile): Formatted {
  if (input.diagnostics.length > 0) return { input, text: undefined, diagnostics: input.diagnostics };
  return { input, ...format(input.name, input.text) };
}

/** The first line that formatting would change. */
function unformatted({ input, text }: Formatted): Diagnostic[] {
  if (text === undefined || text === input.text) return [];
  let at = 0;
  while (at < text.length && text[at] === input.text[at]) at++;
  const lines = new LineIndex(input.name, input.text);
  const { line } = lines.position(at);
  const start = at - lines.position(at).column + 1;
  const span = lines.span(start, start + lines.line(line).length);
  const hint = input.name === "<stdin>" ? "fleet fmt prints it" : `fleet fmt -w ${input.name}`;
  return [error("alloy/not-formatted", "the file is not in its canonical form from here on", { span, hint })];
}

/** Writes the files that the canonical form changes. */
async function save(results: readonly Formatted[], io: Io): Promise<void> {
  const changed = results.flatMap(({ input, text }) =>
    text === undefined || text === input.text ? [] : [{ name: input.name, text }],
  );
  for (const [{ name, text }] of await sameFiles(changed, io)) {
    await writeAlloyFile(name, text, io);
    io.log(`formatted ${name}`);
  }
}

import { z } from "zod";
import { applyFixes, check, parse } from "../../alloy/index.ts";
import { diagnosticJson, error, FleetError, hasErrors, type Diagnostic } from "../../diagnostics/index.ts";
import { templateError } from "../../pipeline/index.ts";
import { readAlloyConfiguration, sameFiles, writeAlloyFile, type AlloyFile } from "../alloy-file.ts";
import { alloyVersionFor } from "../alloy-version.ts";
import type { Run } from "../command.ts";
import { textOf } from "../input.ts";
import type { Io } from "../io.ts";

const Options = z.object({
  alloyVersion: z
    .string()
    .regex(/^v?\d+\.\d+(\.\d+)?$/, "--alloy-version is a version such as 1.18.1")
    .optional(),
  fix: z.boolean().default(false),
});

/**
 * `fleet validate`: what `alloy validate` finds, what only `alloy run` would find, and lints. Each argument is one
 * configuration. With `--fix` the mends that are beyond doubt are made first. Exits 1 when there is an error;
 * warnings alone are no finding.
 */
export const run: Run = async (invocation, io) => {
  const options = Options.safeParse(invocation.options);
  if (!options.success) throw usage(options.error.issues[0]?.message ?? "the options are not understood");
  const paths = z.array(z.string()).parse(invocation.arguments[0]);
  if (options.data.fix && paths.includes("-"))
    throw usage("--fix needs a file: standard input cannot be written back");
  const from = { cwd: io.cwd, ...(invocation.repo !== undefined && { repo: invocation.repo }) };
  const alloyVersion =
    options.data.alloyVersion?.replace(/^v/, "") ?? (await alloyVersionFor(paths[0] ?? "-", from));
  let configurations = await Promise.all(paths.map((path) => readAlloyConfiguration(path, io)));
  const fixed = options.data.fix ? await fix(configurations, alloyVersion, io) : [];
  if (fixed.length > 0)
    configurations = await Promise.all(paths.map((path) => readAlloyConfiguration(path, io)));
  const diagnostics = configurations.flatMap((files) => validate(files, alloyVersion));
  const files = configurations.flat();
  const ok = !hasErrors(diagnostics);
  if (invocation.json) {
    io.json({
      ok,
      alloyVersion,
      files: files.map((file) => file.name),
      ...(options.data.fix && { fixed: fixed.map(diagnosticJson) }),
      diagnostics: diagnostics.map(diagnosticJson),
    });
  } else {
    for (const one of fixed) io.log(describeFix(one));
    io.report(diagnostics, textOf(...files));
    if (ok) io.log(files.length === 1 ? "1 file is valid" : `${files.length} files are valid`);
  }
  return ok ? 0 : 1;
};

function usage(message: string): FleetError {
  return new FleetError(error("cli/usage", message, { hint: "fleet validate --help lists what it takes" }));
}

/** Everything found in one configuration; its meaning is looked at only when all its files can be read. */
function validate(files: readonly AlloyFile[], alloyVersion: string): Diagnostic[] {
  const unreadable = files.flatMap((file) => file.diagnostics);
  if (unreadable.length > 0) return unreadable;
  const parsed = files.map((file) => parse(file.name, file.text));
  const syntax = parsed.flatMap((one) => one.diagnostics);
  if (syntax.length > 0) return syntax;
  return check(
    parsed.map((one) => one.file),
    { alloyVersion, templateError },
  );
}

/**
 * Makes the fixes of every configuration and writes the files that they change: none when one cannot be parsed.
 *
 * @returns the diagnostics that were mended, with the places that they had
 */
async function fix(
  configurations: readonly (readonly AlloyFile[])[],
  alloyVersion: string,
  io: Io,
): Promise<Diagnostic[]> {
  const diagnostics = configurations.flatMap((files) => validate(files, alloyVersion));
  if (diagnostics.some(({ code }) => UNREADABLE.has(code))) return [];
  const mended: Diagnostic[] = [];
  // A file may be named twice, alone and in its directory.
  for (const [file, ...others] of await sameFiles(configurations.flat(), io)) {
    const names = [file, ...others].map(({ name }) => name);
    const here = diagnostics.filter(({ span }) => span !== undefined && names.includes(span.file));
    const { text, fixed } = applyFixes(file.text, here);
    if (fixed.length === 0) continue;
    await writeAlloyFile(file.name, text, io);
    mended.push(...fixed);
  }
  return mended;
}

/** What is wrong with a file whose meaning is not known. */
const UNREADABLE: ReadonlySet<string> = new Set(["alloy/syntax", "alloy/too-deep", "alloy/encoding"]);

function describeFix({ code, span, fix: made }: Diagnostic): string {
  const place = span === undefined ? "" : `${span.file}:${span.start.line}:${span.start.column}: `;
  return `${place}fixed[${code}]: ${made?.title ?? ""}`;
}

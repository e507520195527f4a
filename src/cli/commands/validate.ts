import { z } from "zod";
import { check, parse } from "../../alloy/index.ts";
import { diagnosticJson, error, FleetError, hasErrors, type Diagnostic } from "../../diagnostics/index.ts";
import { templateError } from "../../pipeline/index.ts";
import { readAlloyConfiguration, type AlloyFile } from "../alloy-file.ts";
import type { Run } from "../command.ts";
import { textOf } from "../input.ts";

const Options = z.object({
  alloyVersion: z
    .string()
    .regex(/^v?\d+\.\d+(\.\d+)?$/, "--alloy-version is a version such as 1.18.1")
    .default("1.18.1"),
});

/**
 * `fleet validate`: what `alloy validate` finds, what only `alloy run` would find, and lints. Each argument is one
 * configuration. Exits 1 when there is an error; warnings alone are no finding.
 */
export const run: Run = async (invocation, io) => {
  const options = Options.safeParse(invocation.options);
  if (!options.success) {
    const message = options.error.issues[0]?.message ?? "the options are not understood";
    throw new FleetError(error("cli/usage", message, { hint: "fleet validate --help lists what it takes" }));
  }
  const alloyVersion = options.data.alloyVersion.replace(/^v/, "");
  const paths = z.array(z.string()).parse(invocation.arguments[0]);
  const configurations = await Promise.all(paths.map((path) => readAlloyConfiguration(path, io)));
  const diagnostics = configurations.flatMap((files) => validate(files, alloyVersion));
  const files = configurations.flat();
  const ok = !hasErrors(diagnostics);
  if (invocation.json) {
    io.json({
      ok,
      alloyVersion,
      files: files.map((file) => file.name),
      diagnostics: diagnostics.map(diagnosticJson),
    });
  } else {
    io.report(diagnostics, textOf(...files));
    if (ok) io.log(files.length === 1 ? "1 file is valid" : `${files.length} files are valid`);
  }
  return ok ? 0 : 1;
};

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

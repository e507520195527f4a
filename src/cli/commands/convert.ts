import { z } from "zod";
import {
  diagnosticJson,
  error,
  FleetError,
  hasErrors,
  renderDiagnostic,
  type Diagnostic,
} from "../../diagnostics/index.ts";
import { convert, parsePromtail, type ConvertOptions } from "../../promtail/index.ts";
import type { Run } from "../command.ts";
import { readInput, textOf, type Input } from "../input.ts";
import { writeOutput } from "../output.ts";

const Options = z.object({
  output: z.string().optional(),
  report: z.string().optional(),
  faithful: z.boolean().default(false),
  passwordEnv: z
    .string()
    .regex(/^[A-Za-z_]\w*$/, { error: "--password-env takes the name of an environment variable" })
    .optional(),
  alloyVersion: z
    .string()
    .regex(/^\d+\.\d+(?:\.\d+)?$/, { error: "--alloy-version takes a version such as 1.18.1" })
    .optional(),
});

/** `fleet convert PROMTAIL`: the Alloy text on stdout or in a file, what it loses on stderr. */
export const run: Run = async (invocation, io) => {
  const parsed = Options.safeParse(invocation.options);
  if (!parsed.success) {
    const message = parsed.error.issues.map((issue) => issue.message).join("; ");
    throw new FleetError(error("cli/usage", message, { hint: "fleet convert --help lists what it takes" }));
  }
  const options = parsed.data;
  const input = await readInput(z.string().parse(invocation.arguments[0]), io);
  const { text, diagnostics } = conversion(input, {
    faithful: options.faithful,
    ...(options.passwordEnv === undefined ? {} : { credential: { env: options.passwordEnv } }),
    ...(options.alloyVersion === undefined ? {} : { alloyVersion: options.alloyVersion }),
  });
  const ok = !hasErrors(diagnostics);
  if (ok && options.output !== undefined) await writeOutput(options.output, text, io);
  if (options.report !== undefined) await writeOutput(options.report, report(diagnostics, input), io);
  if (invocation.json) {
    io.json({ ok, text: ok ? text : null, diagnostics: diagnostics.map(diagnosticJson) });
  } else {
    io.report(diagnostics, textOf(input));
    if (ok && options.output === undefined) io.out(text);
  }
  return ok ? 0 : 1;
};

function conversion(input: Input, options: ConvertOptions): { text: string; diagnostics: Diagnostic[] } {
  const { promtail, diagnostics } = parsePromtail(input.name, input.text);
  if (promtail === undefined) return { text: "", diagnostics };
  const converted = convert(promtail, options);
  return { text: converted.text, diagnostics: [...diagnostics, ...converted.diagnostics] };
}

/** The diagnostics as text, with excerpts. */
function report(diagnostics: readonly Diagnostic[], input: Input): string {
  const rendered = diagnostics.map((one) => renderDiagnostic(one, { color: false, textOf: textOf(input) }));
  return rendered.map((text) => `${text}\n`).join("\n");
}

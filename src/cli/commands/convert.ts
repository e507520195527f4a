import { writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { z } from "zod";
import { diagnosticJson, hasErrors, renderDiagnostic, type Diagnostic } from "../../diagnostics/index.ts";
import { convert, parsePromtail, type ConvertOptions } from "../../promtail/index.ts";
import type { Run } from "../command.ts";
import { readInput, textOf, type Input } from "../input.ts";

const Options = z.object({
  output: z.string().optional(),
  report: z.string().optional(),
  faithful: z.boolean().default(false),
  passwordEnv: z.string().optional(),
  alloyVersion: z.string().optional(),
});

/** `fleet convert PROMTAIL`: the Alloy text on stdout or in a file, what it loses on stderr. */
export const run: Run = async (invocation, io) => {
  const options = Options.parse(invocation.options);
  const input = await readInput(z.string().parse(invocation.arguments[0]), io);
  const { text, diagnostics } = conversion(input, {
    faithful: options.faithful,
    ...(options.passwordEnv === undefined ? {} : { credential: { env: options.passwordEnv } }),
    ...(options.alloyVersion === undefined ? {} : { alloyVersion: options.alloyVersion }),
  });
  const ok = !hasErrors(diagnostics);
  if (ok && options.output !== undefined) await writeFile(resolve(io.cwd, options.output), text);
  if (options.report !== undefined) {
    await writeFile(resolve(io.cwd, options.report), report(diagnostics, input));
  }
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

import { parse } from "../alloy/index.ts";
import { hasErrors } from "../diagnostics/index.ts";
import { compile, type Compiled, type CompileOptions } from "../pipeline/index.ts";
import { convert, type Promtail } from "../promtail/index.ts";

/** The Alloy that the model is written for: one that knows every correction of the faithful conversion. */
const ALLOY_VERSION = "1.18.1";

/**
 * The model of what Promtail itself does with log entries: its configuration converted without a loss, run in the
 * dialect of Promtail. What cannot be converted is an error among the diagnostics.
 */
export function compilePromtail(
  promtail: Promtail,
  options: Omit<CompileOptions, "alloyVersion" | "dialect">,
): Compiled {
  const converted = convert(promtail, { faithful: true, alloyVersion: ALLOY_VERSION });
  const { file } = parse("promtail.yaml (converted)", converted.text);
  const refused = converted.diagnostics.filter(({ severity }) => severity === "error");
  if (hasErrors(refused)) return { pipeline: undefined, diagnostics: refused };
  return compile(file, { ...options, alloyVersion: ALLOY_VERSION, dialect: "promtail" });
}

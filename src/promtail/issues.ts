import type { z } from "zod";
import { error, type Code, type Diagnostic } from "../diagnostics/index.ts";
import type { YamlPath, YamlSource } from "./yaml.ts";

/** What zod found wrong with a value that stands at `path`, each at its place in the file. */
export function issueDiagnostics(
  issues: readonly z.core.$ZodIssue[],
  path: YamlPath,
  source: YamlSource,
  code: Code,
): Diagnostic[] {
  return issues.flatMap((issue) => {
    const at = [...path, ...issue.path.map((step) => (typeof step === "symbol" ? String(step) : step))];
    if (issue.code !== "unrecognized_keys") {
      const field = at.at(-1);
      const name = field === undefined ? "" : `${typeof field === "number" ? `item ${field + 1}` : field}: `;
      return [error(code, `${name}${issue.message}`, { span: source.span(at) })];
    }
    const where = at.length === 0 ? "promtail.yaml" : describePath(at);
    return issue.keys.map((key) =>
      error("promtail/unknown-key", `${where} has no key ${JSON.stringify(key)}`, {
        span: source.keySpan([...at, key]),
        hint: "promtail refuses to start with it; correct or remove it",
      }),
    );
  });
}

/** A path for people: `scrape_configs[0].journal`. */
export function describePath(path: YamlPath): string {
  return path
    .map((step, at) => (typeof step === "number" ? `[${step}]` : at === 0 ? step : `.${step}`))
    .join("");
}

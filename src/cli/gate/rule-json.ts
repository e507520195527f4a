import { diagnosticJson, type DiagnosticJson } from "../../diagnostics/index.ts";
import type { RuleReport } from "../../rules/index.ts";

/** A rule in the documents of `fleet gate`. */
export type RuleJson = Omit<RuleReport, "diagnostics"> & { diagnostics: DiagnosticJson[] };

export function ruleJson({ diagnostics, ...rest }: RuleReport): RuleJson {
  return { ...rest, diagnostics: diagnostics.map(diagnosticJson) };
}

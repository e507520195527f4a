import { hasErrors, type Diagnostic } from "../diagnostics/index.ts";
import type { TraceStep, Unverified, Verdict } from "./report.ts";

/** What the evaluation of one host found. */
export interface HostFindings {
  diagnostics: readonly Diagnostic[];
  unverified: readonly Unverified[];
  trace?: readonly TraceStep[];
}

/** One error fails a host; without any, one thing that could not be judged keeps it from passing. */
export function verdictOf({ diagnostics, unverified }: HostFindings): Verdict {
  if (hasErrors(diagnostics)) return "fail";
  return unverified.length > 0 ? "unverified" : "pass";
}

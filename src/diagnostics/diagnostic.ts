import type { Code } from "./codes.ts";
import type { Span } from "./span.ts";

export type Severity = "error" | "warning" | "info";

/**
 * One thing found wrong or worth saying. A value, not an exception: parts collect diagnostics and return
 * them. `hint` says what to do about it, in the imperative.
 */
export interface Diagnostic {
  code: Code;
  severity: Severity;
  message: string;
  span?: Span;
  hint?: string;
  /** Present where the mend is beyond doubt, so that a program may make it. */
  fix?: Fix;
}

/** Replaces the text from `start` to `end`, offsets, `end` exclusive. */
export interface TextEdit {
  start: number;
  end: number;
  text: string;
}

/** A change of the file of a diagnostic that mends it. */
export interface Fix {
  /** What the change does, as a sentence about the past: "removed the label". */
  title: string;
  edits: readonly TextEdit[];
}

type Extra = Pick<Diagnostic, "span" | "hint" | "fix">;

/** Makes an error diagnostic; `extra` adds span, hint and fix. */
export function error(code: Code, message: string, extra: Extra = {}): Diagnostic {
  return { code, severity: "error", message, ...extra };
}

/** Makes a warning diagnostic; `extra` adds span, hint and fix. */
export function warning(code: Code, message: string, extra: Extra = {}): Diagnostic {
  return { code, severity: "warning", message, ...extra };
}

/** True when any of `diagnostics` is an error. */
export function hasErrors(diagnostics: readonly Diagnostic[]): boolean {
  return diagnostics.some((diagnostic) => diagnostic.severity === "error");
}

/**
 * The run cannot go on. Carries what to print and the exit code: 1 when the input was understood and found
 * wanting, 2 when the run could not take place (bad arguments, manifest, missing program).
 */
export class FleetError extends Error {
  readonly diagnostics: readonly Diagnostic[];
  readonly exitCode: 1 | 2;

  constructor(diagnostics: Diagnostic | readonly Diagnostic[], exitCode: 1 | 2 = 2) {
    const list: readonly Diagnostic[] = Array.isArray(diagnostics)
      ? (diagnostics as readonly Diagnostic[])
      : [diagnostics as Diagnostic];
    super(list.map((diagnostic) => `${diagnostic.code}: ${diagnostic.message}`).join("\n"));
    this.name = "FleetError";
    this.diagnostics = list;
    this.exitCode = exitCode;
  }
}

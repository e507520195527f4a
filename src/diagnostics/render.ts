import type { Diagnostic, Severity } from "./diagnostic.ts";
import type { Span } from "./span.ts";

/** Gives the text of a file for excerpts, or undefined when it cannot be had. */
export type TextOf = (file: string) => string | undefined;

export interface RenderOptions {
  color: boolean;
  textOf?: TextOf;
}

const COLORS: Record<Severity, string> = { error: "\u001b[31m", warning: "\u001b[33m", info: "\u001b[36m" };

/**
 * A diagnostic for a person: `file:line:column: severity[code]: message`, the source lines with the span
 * underlined, and the hint. Ends without a line break.
 */
export function renderDiagnostic(diagnostic: Diagnostic, options: RenderOptions): string {
  const { span, severity, code, message, hint } = diagnostic;
  const paint = (text: string, style: string): string => (options.color ? `${style}${text}\u001b[0m` : text);
  const place = span === undefined ? "" : `${span.file}:${span.start.line}:${span.start.column}: `;
  const lines = [`${place}${paint(`${severity}[${code}]`, COLORS[severity])}: ${message}`];
  if (span !== undefined) lines.push(...excerpt(span, options.textOf?.(span.file)));
  if (hint !== undefined)
    lines.push(`  ${paint("hint:", "\u001b[1m")} ${hint.replaceAll("\n", "\n        ")}`);
  return lines.join("\n");
}

/** The source line of a span with carets under it. Very long lines are cut around the span. */
function excerpt(span: Span, text: string | undefined): string[] {
  if (text === undefined) return [];
  const line = lineAround(text, span);
  const cutFrom = Math.max(0, span.start.column - 1 - 80);
  const shown = line.slice(cutFrom, cutFrom + 160);
  const column = span.start.column - 1 - cutFrom;
  const last = span.end.line === span.start.line ? span.end.column - 1 - cutFrom : shown.length;
  const width = Math.max(1, Math.min(last, shown.length) - column);
  const gutter = String(span.start.line);
  const indent = shown.slice(0, column).replace(/[^\t]/g, " ");
  return [`${gutter} | ${shown}`, `${" ".repeat(gutter.length)} | ${indent}${"^".repeat(width)}`];
}

/** The line that a span starts on, without its line break. Found from the offset: texts and diagnostics may be many. */
function lineAround(text: string, { start }: Span): string {
  const from = start.offset - start.column + 1;
  const end = text.indexOf("\n", from);
  return text.slice(from, end === -1 ? undefined : end).replace(/\r$/, "");
}

/** What `--json` prints for a diagnostic: the value itself, with file, line and column also at the top. */
export interface DiagnosticJson extends Diagnostic {
  file?: string;
  line?: number;
  column?: number;
}

/** The JSON form of a diagnostic. */
export function diagnosticJson(diagnostic: Diagnostic): DiagnosticJson {
  const { span } = diagnostic;
  if (span === undefined) return diagnostic;
  return { ...diagnostic, file: span.file, line: span.start.line, column: span.start.column };
}

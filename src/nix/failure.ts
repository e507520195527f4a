/** A place in a file, as Nix names it: an absolute path, line and column from 1. */
export interface NixPlace {
  file: string;
  line?: number;
  column?: number;
}

/** A step of Nix's trace: what it was doing, and where. */
export interface NixFrame {
  doing: string;
  place: NixPlace | undefined;
}

/** Why an evaluation failed, read from what Nix printed. */
export interface NixFailure {
  message: string;
  /** Where Nix itself puts the failure. */
  place: NixPlace | undefined;
  /** What it was evaluating, innermost first. */
  frames: readonly NixFrame[];
}

const AT = /^\s*at (.+?):(\d+):(\d+):?$/;
const CONTEXT = /^\s*… (.*)$/;
const ERROR = /^\s*error:(?: (.*))?$/;
/** A place named in a context's own words, as the module evaluator of nix/surface does. */
const WITHIN = /^(.*) at (\/.+?):(\d+):(\d+)$/;
/** Lines of the excerpts that Nix prints. */
const EXCERPT = /^\s*\d*\|/;

/**
 * Reads what Nix printed when an evaluation failed: up to 2.19 the error and then the trace from the inside
 * out, later the trace from the outside in and the error last.
 */
export function parseFailure(stderr: string): NixFailure {
  const lines = stderr.split("\n").filter((line) => !EXCERPT.test(line) && !isNoise(line));
  const last = lines.findLastIndex((line) => ERROR.test(line));
  if (last === -1) return { message: stderr.trim(), place: undefined, frames: [] };
  const first = lines.findIndex((line) => ERROR.test(line));
  const message = messageAt(lines, last);
  const frames = framesOf(lines.slice(first));
  const place = placeAfter(lines, last);
  return { message, place, frames: last > first ? frames.reverse() : frames };
}

/** Warnings that say nothing of the evaluation. */
function isNoise(line: string): boolean {
  return /^warning: |'nixbld'|^\(use '--show-trace'|^\s+note: trace involved/.test(line);
}

function messageAt(lines: readonly string[], at: number): string {
  const first = ERROR.exec(lines[at] ?? "")?.[1] ?? "";
  const rest = lines.slice(at + 1);
  const end = rest.findIndex((line) => AT.test(line) || CONTEXT.test(line));
  // Whatever the depth of the error, Nix puts its further lines under the text of an outermost "error: ".
  const more = (end === -1 ? rest : rest.slice(0, end)).map((line) => line.replace(/^ {7}/, ""));
  return [first, ...more].join("\n").trim();
}

function framesOf(lines: readonly string[]): NixFrame[] {
  return lines.flatMap((line, at) => {
    const doing = CONTEXT.exec(line)?.[1];
    if (doing === undefined) return [];
    const [, words, file, row, column] = WITHIN.exec(doing) ?? [];
    if (file !== undefined) {
      return [{ doing: words ?? doing, place: { file, line: Number(row), column: Number(column) } }];
    }
    return [{ doing, place: placeAfter(lines, at) }];
  });
}

/** The `at FILE:LINE:COLUMN` that belongs to the line at `from`, before the next context or error. */
function placeAfter(lines: readonly string[], from: number): NixPlace | undefined {
  for (const line of lines.slice(from + 1)) {
    const [, file, row, column] = AT.exec(line) ?? [];
    if (file !== undefined) {
      return file.startsWith("/") ? { file, line: Number(row), column: Number(column) } : undefined;
    }
    if (CONTEXT.test(line) || ERROR.test(line)) return undefined;
  }
  return undefined;
}

import type { TraceStep } from "../../gate/index.ts";

/**
 * The way that Nix came to a failure, innermost step first: those in the repository's own files, or with `whole` all.
 */
export function traceLines(trace: readonly TraceStep[], whole: boolean): string[] {
  const shown = whole ? trace : trace.filter(({ own }) => own);
  const lines = shown.map(({ doing, file, line }) => {
    const place = file === undefined ? "" : ` (${file}${line === undefined ? "" : `:${line}`})`;
    return `… ${doing}${place}`;
  });
  const left = trace.length - shown.length;
  if (left === 0) return lines;
  return [...lines, `… and ${left} ${left === 1 ? "step" : "steps"} outside of the repository: --show-trace`];
}

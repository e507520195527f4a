import type { Diagnostic } from "../diagnostics/index.ts";
import { applyEdits } from "./edit.ts";

/**
 * The text of one file with the fixes of its diagnostics made; every other byte stays. Of two fixes that touch
 * the same place only the first is made: what the second was about is to be looked at anew.
 *
 * @returns the new text, and the diagnostics whose fixes are in it
 */
export function applyFixes(
  text: string,
  diagnostics: readonly Diagnostic[],
): { text: string; fixed: Diagnostic[] } {
  const taken: { start: number; end: number }[] = [];
  const fixed = diagnostics.filter(({ fix }) => {
    const free = fix?.edits.every(({ start, end }) =>
      taken.every((other) => end <= other.start || start >= other.end),
    );
    if (fix === undefined || free !== true) return false;
    taken.push(...fix.edits);
    return true;
  });
  return {
    text: applyEdits(
      text,
      fixed.flatMap(({ fix }) => fix?.edits ?? []),
    ),
    fixed,
  };
}

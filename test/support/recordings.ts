import type { Test } from "tap";

/**
 * Says, in the words that the end of scripts/test repeats, how many recordings of real programs are reproduced, and
 * each that is not with its reason.
 */
export function tellRecordings(
  t: Pick<Test, "comment">,
  what: string,
  { recorded, equal }: { recorded: number; equal: number },
  deviations: Readonly<Record<string, string>>,
): void {
  const names = Object.keys(deviations);
  const known = names.length === 1 ? "1 known deviation" : `${names.length} known deviations`;
  t.comment(`recordings: ${what}: ${recorded} recorded, ${equal} equal, ${known}`);
  for (const name of names) t.comment(`recordings:   ${name}: ${deviations[name] ?? ""}`);
}

import { closest } from "../../diagnostics/index.ts";

/** "did you mean x?", or undefined when no candidate is near. */
export function didYouMean(name: string, candidates: Iterable<string>): string | undefined {
  const best = closest(name, candidates);
  return best === undefined ? undefined : `did you mean ${best}?`;
}

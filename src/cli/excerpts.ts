import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { TextOf } from "../diagnostics/index.ts";

/** Gives the texts of files for excerpts; a relative name is looked for below each of `places` in turn. */
export function textsBelow(...places: readonly string[]): TextOf {
  return (file) => {
    for (const place of places) {
      try {
        return readFileSync(resolve(place, file), "utf8");
      } catch {
        // The next place may have it; without any, the diagnostic is shown without its line.
      }
    }
    return undefined;
  };
}

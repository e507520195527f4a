import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Test } from "tap";

const GOLDEN = join(import.meta.dirname, "../golden");

/**
 * Asserts that `text` is what the golden file at `path`, below test/golden, holds. With UPDATE_GOLDENS=1 the file
 * is written instead. A golden file that is not there fails.
 */
export function matchGolden(t: Test, path: string, text: string): void {
  const file = join(GOLDEN, path);
  if (process.env["UPDATE_GOLDENS"]) {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  const wanted = existsSync(file) ? readFileSync(file, "utf8") : undefined;
  t.equal(text, wanted, `${path} is as in test/golden`);
}

import { watch } from "node:fs";
import { stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { isTestFile } from "./find.ts";

/** Editors write a file in several steps; after the first there is a pause of so many milliseconds. */
const SETTLING = 50;

/**
 * Waits until one of the files changes, or a test file appears or changes beside them. Directories are watched,
 * as editors put a new file in the place of the old one.
 *
 * @param files absolute paths
 * @param since a change after this time (milliseconds since 1970) counts, also one before the call
 * @returns false when the signal ended the wait
 */
export async function nextChange(
  files: readonly string[],
  since: number,
  signal: AbortSignal,
): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const directories = new Set(files.map((file) => dirname(file)));
  const watchers = [...directories].flatMap((directory) => {
    try {
      return watch(directory, (_, name) => {
        if (name === null || files.includes(join(directory, name)) || isTestFile(basename(name)))
          resolve(true);
      });
    } catch {
      // A directory that is not there: the test that names it says so.
      return [];
    }
  });
  const stop = (): void => resolve(false);
  signal.addEventListener("abort", stop, { once: true });
  try {
    if (signal.aborted) return false;
    const times = await Promise.all(files.map((file) => stat(file).catch(() => undefined)));
    if (times.some((found) => found !== undefined && found.mtimeMs > since)) resolve(true);
    const changed = await promise;
    if (changed) await sleep(SETTLING);
    return changed && !signal.aborted;
  } finally {
    signal.removeEventListener("abort", stop);
    for (const watcher of watchers) watcher.close();
  }
}

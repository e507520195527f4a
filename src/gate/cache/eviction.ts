import { readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** In milliseconds. */
export const DAY = 24 * 3600 * 1000;
/** Answers that were not asked for again for so long go. */
const OLDEST = 30 * DAY;
/** Bytes that a cache may hold; beyond that the oldest go. */
const MOST = 256 * 1024 * 1024;
/** What a killed process left half-written is removed after that. */
const SCRATCH = DAY / 24;

/**
 * Makes room in a cache: at most once a day, as it looks at every file. Files that another process removes at the
 * same time are nobody's loss.
 */
export function trim(
  directory: string,
  limits: { oldest: number; most: number } = { oldest: OLDEST, most: MOST },
): void {
  const stamp = join(directory, "trimmed");
  const now = Date.now();
  try {
    const last = statSync(stamp, { throwIfNoEntry: false })?.mtimeMs ?? 0;
    if (now - last < DAY && last <= now) return;
    writeFileSync(stamp, "");
  } catch {
    // A cache that cannot be written needs no room.
    return;
  }
  remove(filesBelow(join(directory, "scratch")).filter(({ time }) => now - time > SCRATCH));
  const files = [...filesBelow(join(directory, "answers")), ...filesBelow(join(directory, "files"))];
  files.sort((left, right) => right.time - left.time);
  let sum = 0;
  remove(
    files.filter(({ time, size }) => {
      sum += size;
      return now - time > limits.oldest || sum > limits.most;
    }),
  );
}

interface Found {
  path: string;
  time: number;
  size: number;
}

function filesBelow(directory: string): Found[] {
  let names: string[];
  try {
    names = readdirSync(directory, { recursive: true, encoding: "utf8" });
  } catch {
    return [];
  }
  return names.flatMap((name) => {
    const path = join(directory, name);
    const stats = statSync(path, { throwIfNoEntry: false });
    return stats?.isFile() === true ? [{ path, time: stats.mtimeMs, size: stats.size }] : [];
  });
}

function remove(files: readonly Found[]): void {
  for (const { path } of files) rmSync(path, { force: true });
}

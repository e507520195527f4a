import { readdir } from "node:fs/promises";
import { join } from "node:path";

/** The files below the fixed part of each path or glob: all that could match, and more. What cannot be read is left out. */
export async function findFiles(patterns: Iterable<string>): Promise<string[]> {
  const found = new Set<string>();
  for (const pattern of patterns) {
    const fixed = /^[^*?[{\\]*\//.exec(pattern)?.[0] ?? "/";
    const recursive = /[/]|\*\*/.test(pattern.slice(fixed.length));
    const entries = await readdir(fixed, { withFileTypes: true, recursive }).catch(() => []);
    for (const entry of entries)
      if (entry.isFile() || entry.isSymbolicLink()) found.add(join(entry.parentPath, entry.name));
  }
  return [...found].sort();
}

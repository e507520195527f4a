import { readdir, readFile, readlink } from "node:fs/promises";
import { join } from "node:path";

/** Every file and link below a directory, .git and what fleet knows of a rollout aside, with its text: for "nothing was changed". */
export async function snapshot(root: string): Promise<Record<string, string>> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const found: [string, string][] = [];
  for (const entry of entries) {
    const path = join(entry.parentPath, entry.name);
    const name = path.slice(root.length + 1);
    if (name.startsWith(".git/") || name.startsWith(".fleet/")) continue;
    if (entry.isSymbolicLink()) found.push([name, `-> ${await readlink(path)}`]);
    else if (entry.isFile()) found.push([name, await readFile(path, "latin1")]);
  }
  return Object.fromEntries(found.sort(([a], [b]) => (a < b ? -1 : 1)));
}

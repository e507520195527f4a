import { mkdtemp, readdir } from "node:fs/promises";
import { join } from "node:path";
import { isRunning, run } from "../../process/index.ts";

/** A new directory of this process, which a later run knows as a leftover when this process is gone. */
export function temporaryDirectory(parent: string, prefix: string): Promise<string> {
  return mkdtemp(join(parent, `${prefix}${process.pid}-`));
}

/** Removes what processes that are gone, being killed, left behind of their temporary directories and files. */
export async function removeLeftovers(parent: string, prefix: string): Promise<void> {
  for (const name of await readdir(parent)) {
    if (!name.startsWith(prefix)) continue;
    const pid = Number.parseInt(name.slice(prefix.length), 10);
    if (pid > 0 && !isRunning(pid)) await removeTree(join(parent, name));
  }
}

/** Removes a tree, but never leaves its file system: a build that was killed may have left something mounted. */
export async function removeTree(path: string): Promise<void> {
  await run("rm", ["--recursive", "--force", "--one-file-system", path]);
}

import { cp, mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { constants } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { run } from "../process/index.ts";

const NEVER_COPIED = new Set([".git", "node_modules", ".direnv"]);

/**
 * A copy of the repository in a fresh temporary directory: what git tracks and what it does not ignore, as it
 * stands in the work tree (uncommitted changes included), links as links. Outside git, every file but
 * node_modules and the like.
 *
 * @returns the copy's path; the caller removes it.
 */
export async function copyRepository(root: string, signal: AbortSignal): Promise<string> {
  const target = await mkdtemp(join(tmpdir(), "fleet-"));
  try {
    for (const path of (await gitFiles(root, signal)) ?? (await walk(root))) {
      signal.throwIfAborted();
      await mkdir(dirname(join(target, path)), { recursive: true });
      await cp(join(root, path), join(target, path), {
        verbatimSymlinks: true,
        mode: constants.COPYFILE_FICLONE,
      }).catch(ignoreMissing);
    }
    return target;
  } catch (caught) {
    await rm(target, { recursive: true, force: true });
    throw caught;
  }
}

/** Files that git knows or would know, or undefined where `root` is no git work tree. */
async function gitFiles(root: string, signal: AbortSignal): Promise<string[] | undefined> {
  const args = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"];
  const listed = await run("git", args, { cwd: root, signal }).catch(() => undefined);
  if (listed?.exitCode !== 0) return undefined;
  return [...new Set(listed.stdout.split("\0").filter((path) => path !== ""))];
}

async function walk(root: string): Promise<string[]> {
  const entries = await readdir(root, { withFileTypes: true, recursive: true });
  return entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
    .filter((path) => !path.split("/").some((part) => NEVER_COPIED.has(part)));
}

/** A file that is in git's index but deleted in the work tree is not part of the copy. */
function ignoreMissing(caught: unknown): void {
  if ((caught as NodeJS.ErrnoException).code !== "ENOENT") throw caught;
}

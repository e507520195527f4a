import { constants } from "node:fs";
import { chmod, mkdir, open, readdir, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { isRunning } from "../process/index.ts";

/**
 * Replaces the file at `path` by `text` so that a reader, or a crash, sees the old file or the new one and
 * nothing between. Directories are made as needed; the mode of a file that is replaced is kept unless one is given.
 */
export async function writeFileAtomically(
  path: string,
  text: string,
  options: { mode?: number } = {},
): Promise<void> {
  const staged = await stageFile(path, text, options);
  try {
    await rename(staged, path);
  } catch (caught) {
    await rm(staged, { force: true });
    throw caught;
  }
}

/**
 * Writes `text` beside `path`, on disk for good, ready to be renamed over it. Leftovers of runs that were
 * killed are removed on the way.
 *
 * @returns the path of the staged file
 */
export async function stageFile(path: string, text: string, given: { mode?: number } = {}): Promise<string> {
  const directory = dirname(path);
  await mkdir(directory, { recursive: true });
  await removeLeftovers(path);
  const staged = join(directory, `.${basename(path)}.${process.pid}.fleet.tmp`);
  const mode = given.mode ?? (await stat(path).catch(() => undefined))?.mode;
  const file = await open(
    staged,
    constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC | constants.O_NOFOLLOW,
    given.mode,
  );
  try {
    await file.writeFile(text);
    await file.sync();
  } catch (caught) {
    await rm(staged, { force: true });
    throw caught;
  } finally {
    await file.close();
  }
  if (mode !== undefined) await chmod(staged, mode & 0o7777);
  return staged;
}

/** Removes what a process that no longer runs had staged for `path`. */
async function removeLeftovers(path: string): Promise<void> {
  const prefix = `.${basename(path)}.`;
  for (const name of await readdir(dirname(path))) {
    if (!name.startsWith(prefix)) continue;
    const pid = /^(\d+)\.fleet\.tmp$/.exec(name.slice(prefix.length))?.[1];
    if (pid !== undefined && !isRunning(Number(pid))) await rm(join(dirname(path), name), { force: true });
  }
}

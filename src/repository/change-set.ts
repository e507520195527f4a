import { lstat, mkdir, readFile, rename, rm, rmdir } from "node:fs/promises";
import { dirname, relative } from "node:path";
import { error, FleetError } from "../diagnostics/index.ts";
import { stageFile, writeFileAtomically } from "./atomic-write.ts";
import { confine } from "./confine.ts";
import { unifiedDiff } from "./diff.ts";

/** The text that each file is to have, by path relative to the repository's root. */
export type ChangeSet = ReadonlyMap<string, string>;

/** A file whose text differs from the wanted one; `before` is undefined for a file that is not there. */
export interface Change {
  path: string;
  before: string | undefined;
  after: string;
}

/**
 * What of `wanted` the tree does not have yet, in path order.
 *
 * @throws FleetError `repository/outside` or `repository/unreadable`.
 */
export async function findChanges(root: string, wanted: ChangeSet): Promise<Change[]> {
  const changes: Change[] = [];
  for (const [path, after] of [...wanted].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const before = await readText(root, path);
    if (before !== after) changes.push({ path, before, after });
  }
  return changes;
}

/**
 * The text of a file of the repository, undefined when it is not there.
 *
 * @throws FleetError `repository/outside`, or `repository/unreadable` when it is there and cannot be read.
 */
export async function readText(root: string, path: string): Promise<string | undefined> {
  const real = confine(root, path);
  try {
    return await readFile(real, "utf8");
  } catch (caught) {
    const { code, message } = caught as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    const hint = code === "EISDIR" ? "a file is expected here" : "check its permissions";
    throw new FleetError(error("repository/unreadable", `${path} cannot be read: ${message}`, { hint }));
  }
}

/** The unified diff of all changes, as `git apply` reads it. Empty for no changes. */
export function diffOf(changes: readonly Change[]): string {
  return changes.map(({ path, before, after }) => unifiedDiff(path, before, after)).join("");
}

/**
 * Brings all changes into the tree, or none: every file is staged beside its place first, then all are renamed;
 * when one fails, those before it get their old text back. A run that is killed half-way leaves only whole
 * files, and running again completes it.
 *
 * @throws FleetError `repository/outside`, or `repository/unwritable` with the tree as it was.
 */
export async function applyChanges(root: string, changes: readonly Change[]): Promise<void> {
  const places = new Map<Change, string>();
  for (const change of changes) places.set(change, confine(root, change.path));
  const staged: { change: Change; from: string; to: string }[] = [];
  const made: string[] = [];
  let renamed = 0;
  try {
    for (const [change, to] of places) {
      const first = await mkdir(dirname(to), { recursive: true });
      if (first !== undefined) made.push(...directoriesBetween(first, dirname(to)));
      staged.push({ change, from: await stageFile(to, change.after), to });
    }
    for (const { from, to } of staged) {
      await refuseDirectory(to);
      await rename(from, to);
      renamed++;
    }
  } catch (caught) {
    for (const { change, to } of staged.slice(0, renamed)) {
      if (change.before === undefined) await rm(to, { force: true });
      else await writeFileAtomically(to, change.before);
    }
    for (const { from } of staged.slice(renamed)) await rm(from, { force: true });
    for (const directory of made.reverse()) await rmdir(directory).catch(() => undefined);
    const failed = staged[renamed]?.change.path ?? changes[staged.length]?.path ?? "a file";
    const reason = caught instanceof Error ? caught.message : String(caught);
    const hint = "nothing was changed; mend the cause and run again";
    throw new FleetError(error("repository/unwritable", `${failed} cannot be written: ${reason}`, { hint }));
  }
}

/** rename(2) would report a directory in the way in words that differ from system to system. */
async function refuseDirectory(path: string): Promise<void> {
  const found = await lstat(path).catch(() => undefined);
  if (found?.isDirectory() === true) throw new Error("a directory is in its place");
}

/** `first` and the directories below it down to `last`. */
function directoriesBetween(first: string, last: string): string[] {
  const below = relative(first, last).split("/").filter(Boolean);
  return below.reduce<string[]>((paths, name) => [...paths, `${paths.at(-1) ?? ""}/${name}`], [first]);
}

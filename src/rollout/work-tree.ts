import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join, relative } from "node:path";
import { error, FleetError } from "../diagnostics/index.ts";
import { findWorkTree, git, type WorkTree } from "../git/index.ts";
import { applyChanges, confine, readText, type Change } from "../repository/index.ts";

/** What a commit is to hold: files with their new text, and files that go. */
export interface ChangeSet {
  changes: readonly Change[];
  /** Paths below the repository's root. */
  removed: readonly string[];
}

/** The line of a commit's message by which the commit of a record is found again. */
const TRAILER = "Fleet-Rollout";

/** The repository's work tree, as a rollout uses it. Paths are relative to the repository's root. */
export class RolloutTree {
  readonly #root: string;
  readonly #tree: WorkTree;
  /** The root below the top of the work tree; empty for the top itself. */
  readonly #below: string;

  /** @throws FleetError `git/no-work-tree` */
  constructor(root: string, signal: AbortSignal) {
    this.#root = root;
    this.#tree = findWorkTree(root, signal);
    this.#below = relative(this.#tree.top, root);
  }

  async head(): Promise<string> {
    return (await git(this.#tree, "rev-parse", "HEAD")).trim();
  }

  /** @throws FleetError `git/failed` when no branch is checked out. */
  async branch(): Promise<string> {
    return (await git(this.#tree, "symbolic-ref", "--short", "HEAD")).trim();
  }

  /**
   * Makes sure that what is committed is what stands in the tree. Files that git does not know are let be: they are
   * part of no commit, and what is evaluated and deployed are commits.
   *
   * @throws FleetError `rollout/dirty-tree`
   */
  async requireClean(): Promise<void> {
    const status = await git(
      this.#tree,
      "status",
      "--porcelain",
      "-z",
      "--untracked-files=no",
      "--no-renames",
    );
    const paths = status
      .split("\0")
      .filter((entry) => entry !== "")
      .map((entry) => entry.slice(3));
    if (paths.length === 0) return;
    const some =
      paths.length > 3 ? `${paths.slice(0, 3).join(", ")} and ${paths.length - 3} more` : paths.join(", ");
    throw new FleetError(
      error("rollout/dirty-tree", `the work tree has changes that are not committed: ${some}`, {
        hint: "commit them, or put them aside with git stash: what is deployed are commits",
      }),
    );
  }

  /** The text of a file in a commit; undefined where it has none. */
  async textAt(commit: string, path: string): Promise<string | undefined> {
    const object = `${commit}:${join(this.#below, path)}`;
    const listed = await git(this.#tree, "ls-tree", "--name-only", commit, "--", join(this.#below, path));
    return listed === "" ? undefined : git(this.#tree, "cat-file", "blob", object);
  }

  /** The text that a file had before a commit; undefined where it had none. */
  async textBefore(commit: string, path: string): Promise<string | undefined> {
    const [parent = ""] = (await git(this.#tree, "log", "-1", "--format=%P", commit)).trim().split(" ");
    return parent === "" ? undefined : this.textAt(parent, path);
  }

  /** The files that git knows below a directory. */
  async filesBelow(directory: string): Promise<string[]> {
    const listed = await git(this.#tree, "ls-files", "-z", "--", join(this.#below, directory));
    return listed
      .split("\0")
      .filter((path) => path !== "")
      .map((path) => relative(this.#below, path));
  }

  /**
   * Writes the change into the tree and commits it, and nothing else.
   *
   * @param id by which `find` finds the commit
   * @returns the commit
   */
  async commit({ changes, removed }: ChangeSet, message: string, id: string): Promise<string> {
    await applyChanges(this.#root, changes);
    const below = (path: string): string => join(this.#below, path);
    const written = changes.map(({ path }) => below(path));
    const gone = removed.map(below);
    if (gone.length > 0) await git(this.#tree, "rm", "--quiet", "--force", "--ignore-unmatch", "--", ...gone);
    await git(this.#tree, "add", "--", ...written);
    const full = `${message.trimEnd()}\n\n${TRAILER}: ${id}\n`;
    await git(this.#tree, "commit", "--quiet", "--message", full, "--", ...written, ...gone);
    return this.head();
  }

  /** The commit with this id among those that lead to HEAD. */
  async find(id: string): Promise<string | undefined> {
    const found = await git(
      this.#tree,
      ...["log", "--fixed-strings", `--grep=${TRAILER}: ${id}`, "--format=%H", "--max-count=1"],
    );
    return found.trim() || undefined;
  }

  /**
   * Puts back what a commit had written into the tree that was never made.
   *
   * @param files the SHA-256 of each file as it was to be written, null for one that was to go
   * @throws FleetError `rollout/dirty-tree` when somebody has changed one of them since.
   */
  async putBack(files: Readonly<Record<string, string | null>>): Promise<void> {
    for (const [path, wanted] of Object.entries(files)) {
      const [now, before] = await Promise.all([readText(this.#root, path), this.textAt("HEAD", path)]);
      if (now === before || (now === undefined ? null : digest(now)) === wanted) continue;
      throw new FleetError(
        error("rollout/dirty-tree", `${path} was changed after an earlier run had begun to commit it`, {
          hint: `look at it, and commit it or put it back: git checkout HEAD -- ${path}`,
        }),
      );
    }
    for (const path of Object.keys(files)) {
      const inTree = join(this.#below, path);
      if ((await this.textAt("HEAD", path)) === undefined) {
        await git(this.#tree, "rm", "--cached", "--quiet", "--ignore-unmatch", "--", inTree);
        await rm(confine(this.#root, path), { force: true });
      } else await git(this.#tree, "checkout", "--quiet", "HEAD", "--", inTree);
    }
  }

  /**
   * Checks a commit out into `directory`, a linked work tree that is made once and used again.
   *
   * @param directory absolute
   * @returns the path there that stands for the repository's root
   */
  async checkOut(commit: string, directory: string): Promise<string> {
    if (!existsSync(join(directory, ".git"))) {
      await rm(directory, { recursive: true, force: true });
      await git(this.#tree, "worktree", "prune");
      await git(this.#tree, "worktree", "add", "--quiet", "--force", "--detach", directory, commit);
    } else {
      const linked = { top: directory, signal: this.#tree.signal };
      await git(linked, "checkout", "--quiet", "--force", "--detach", commit);
      await git(linked, "clean", "-ffdxq");
    }
    return join(directory, this.#below);
  }
}

/** What the record of a commit says of the files that it is to write. */
export function digests({ changes, removed }: ChangeSet): Record<string, string | null> {
  return Object.fromEntries<string | null>([
    ...changes.map(({ path, after }): [string, string] => [path, digest(after)]),
    ...removed.map((path): [string, null] => [path, null]),
  ]);
}

function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

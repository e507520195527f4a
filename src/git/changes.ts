import { join, relative } from "node:path";
import { error, FleetError } from "../diagnostics/index.ts";
import { findWorkTree, git } from "./git.ts";

const DIFF = ["diff", "--name-only", "-z", "--no-renames", "--ignore-submodules=none"];

/**
 * The files that differ from the last commit: in the index when `staged`, else also in the work tree, untracked
 * ones included. A file that was renamed counts under both names. Ignored files are never among them.
 *
 * @param root absolute path of the repository, the top of a git work tree or below it
 * @param since a commit to compare with in place of the last one
 * @returns paths relative to `root`; those outside of it begin with `../`
 */
export async function changedFiles(
  root: string,
  { staged, since, signal }: { staged: boolean; since?: string; signal: AbortSignal },
): Promise<string[]> {
  const tree = findWorkTree(root, signal);
  const paths = staged
    ? records(await git(tree, ...DIFF, "--cached", ...(since === undefined ? [] : [since])))
    : since !== undefined
      ? [
          ...records(await git(tree, ...DIFF, since)),
          ...records(await git(tree, "ls-files", "-z", "--others", "--exclude-standard")),
        ]
      : records(
          await git(
            tree,
            ...["status", "--porcelain=v1", "-z", "--no-renames", "--untracked-files=all"],
            "--ignore-submodules=none",
          ),
          // "XY path"
        ).map((record) => record.slice(3));
  return paths.map((path) => relative(root, join(tree.top, path)));
}

/**
 * The commit at which the branch of the work tree left another one, which is what a review compares with.
 *
 * @param ref a branch, a tag, a commit: "origin/main"
 * @throws FleetError `git/unknown-revision`
 */
export async function baseCommit(root: string, ref: string, signal: AbortSignal): Promise<string> {
  const tree = findWorkTree(root, signal);
  try {
    return (await git(tree, "merge-base", "--end-of-options", ref, "HEAD")).trim();
  } catch (caught) {
    if (!(caught instanceof FleetError)) throw caught;
    const hint = "fetch the branch, with its history: a shallow clone may lack what both have in common";
    throw new FleetError(
      error("git/unknown-revision", `${ref} and HEAD have no commit in common here`, { hint }),
    );
  }
}

/**
 * Gives the text that files had in a commit; undefined for what was no file there.
 *
 * @param root absolute path of the repository, which paths are relative to
 */
export function filesAt(
  root: string,
  commit: string,
  signal: AbortSignal,
): (path: string) => Promise<string | undefined> {
  const tree = findWorkTree(root, signal);
  return async (path) => {
    try {
      return await git(tree, "cat-file", "blob", `${commit}:${relative(tree.top, join(root, path))}`);
    } catch (caught) {
      // No file there; or before the first commit, none at all.
      if (caught instanceof FleetError) return undefined;
      throw caught;
    }
  };
}

function records(output: string): string[] {
  return output.split("\0").filter((record) => record !== "");
}

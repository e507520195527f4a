import { join, relative } from "node:path";
import { findWorkTree, git } from "./git.ts";

/**
 * The files that differ from the last commit: in the index when `staged`, else also in the work tree, untracked
 * ones included. A file that was renamed counts under both names. Ignored files are never among them.
 *
 * @param root absolute path of the repository, the top of a git work tree or below it
 * @returns paths relative to `root`; those outside of it begin with `../`
 */
export async function changedFiles(
  root: string,
  { staged, signal }: { staged: boolean; signal: AbortSignal },
): Promise<string[]> {
  const tree = findWorkTree(root, signal);
  const paths = staged
    ? records(
        await git(tree, "diff", "--cached", "--name-only", "-z", "--no-renames", "--ignore-submodules=none"),
      )
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

function records(output: string): string[] {
  return output.split("\0").filter((record) => record !== "");
}

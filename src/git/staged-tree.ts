import { mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { findWorkTree, git } from "./git.ts";

/**
 * Gives `work` a copy of what is staged: the index, checked out into a temporary directory that is removed
 * afterwards. Links stay links. The contents of submodules are not in an index, so their directories are absent.
 *
 * @param root absolute path of the repository, the top of a git work tree or below it
 * @param work is given the copy's directory that stands for `root`
 */
export async function withStagedTree<T>(
  root: string,
  signal: AbortSignal,
  work: (staged: string) => Promise<T>,
): Promise<T> {
  const tree = findWorkTree(root, signal);
  const copy = await realpath(await mkdtemp(join(tmpdir(), "fleet-staged-")));
  try {
    await git(tree, "checkout-index", "--all", "--force", `--prefix=${copy}/`);
    return await work(join(copy, relative(tree.top, root)));
  } finally {
    await rm(copy, { recursive: true, force: true });
  }
}

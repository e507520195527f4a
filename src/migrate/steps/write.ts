import { applyChanges, findChanges, type Change } from "../../repository/index.ts";
import { error, FleetError } from "../../diagnostics/index.ts";
import { run } from "../../process/index.ts";
import type { Context } from "../context.ts";
import type { Finding } from "../plan.ts";
import type { PullRequest } from "../pull-request.ts";

/**
 * Brings the proven changes into the tree, all or none.
 *
 * @throws FleetError `migrate/tree-changed` when a file is no longer as it was when the change was made.
 */
export async function writeChanges({ root }: Context, changes: readonly Change[]): Promise<Finding> {
  const now = await findChanges(root, new Map(changes.map(({ path, after }) => [path, after])));
  for (const { path, before } of changes) {
    const found = now.find((change) => change.path === path);
    if (found === undefined || found.before === before) continue;
    throw new FleetError(
      error("migrate/tree-changed", `${path} was changed while the migration ran`, {
        hint: "nothing was written; run fleet migrate again",
      }),
    );
  }
  await applyChanges(root, changes);
  return { summary: changes.map(({ path }) => path).join(", "), means: [] };
}

/**
 * Commits the changes on a branch of their own, made from where the repository stands; other changes of the
 * work tree are not part of the commit.
 *
 * @returns the branch.
 * @throws FleetError `migrate/git-failed`.
 */
export async function commitChanges(
  { root, signal }: Context,
  canary: string,
  changes: readonly Change[],
  text: PullRequest,
): Promise<string> {
  const branch = `fleet/migrate-${canary}`;
  const paths = changes.map(({ path }) => path);
  await git(root, signal, "switch", "--create", branch);
  await git(root, signal, "add", "--", ...paths);
  await git(
    root,
    signal,
    "commit",
    "--quiet",
    "--message",
    text.title,
    "--message",
    text.message,
    "--",
    ...paths,
  );
  return branch;
}

async function git(root: string, signal: AbortSignal, ...args: string[]): Promise<void> {
  const { exitCode, stderr } = await run("git", args, { cwd: root, signal });
  if (exitCode === 0) return;
  throw new FleetError(
    error("migrate/git-failed", `git ${args[0] ?? ""} failed: ${stderr.trim()}`, {
      hint: "the change is in the tree; commit it by hand",
    }),
    1,
  );
}

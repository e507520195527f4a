import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { error, FleetError } from "../diagnostics/index.ts";
import { run, type RunOptions } from "../process/index.ts";

/** A git work tree. */
export interface WorkTree {
  /** Absolute path of its top directory. */
  top: string;
  signal: AbortSignal;
}

/** The environment that tells git which repository and index it is about: a hook runs with some of these. */
const LOCAL_VARIABLES = [
  "GIT_DIR",
  "GIT_WORK_TREE",
  "GIT_COMMON_DIR",
  "GIT_INDEX_FILE",
  "GIT_OBJECT_DIRECTORY",
  "GIT_ALTERNATE_OBJECT_DIRECTORIES",
  "GIT_PREFIX",
];

/**
 * The work tree that `root` is in. git itself is not asked: in a hook it takes the directory it is started in for
 * the top.
 *
 * @throws FleetError `git/no-work-tree`
 */
export function findWorkTree(root: string, signal: AbortSignal): WorkTree {
  for (let top = root; ; top = dirname(top)) {
    if (existsSync(join(top, ".git"))) return { top, signal };
    if (top !== dirname(top)) continue;
    const hint = "run git init first, or name the repository with --repo DIR";
    throw new FleetError(error("git/no-work-tree", `${root} is not in a git work tree`, { hint }));
  }
}

/**
 * What git prints when it runs in the top directory, where also the relative paths that a hook's environment has
 * are right.
 *
 * @throws FleetError `git/failed` with what git said.
 */
export async function git(tree: WorkTree, ...args: string[]): Promise<string> {
  return gitWith(tree, {}, ...args);
}

/** The same with options for the process, such as what it reads. */
export async function gitWith(
  { top, signal }: WorkTree,
  options: Pick<RunOptions, "input">,
  ...args: string[]
): Promise<string> {
  const { exitCode, stdout, stderr } = await run("git", args, { ...options, cwd: top, signal });
  if (exitCode === 0) return stdout;
  throw new FleetError(error("git/failed", `git ${args[0] ?? ""}: ${stderr.trim()}`));
}

/** `env` without what ties programs to the repository whose hook is running. */
export function withoutRepository(
  env: Readonly<Record<string, string | undefined>>,
): Record<string, string | undefined> {
  return { ...env, ...Object.fromEntries(LOCAL_VARIABLES.map((name) => [name, undefined])) };
}

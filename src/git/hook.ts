import { chmod, readFile, rename, rm } from "node:fs/promises";
import { relative, resolve } from "node:path";
import { error, FleetError } from "../diagnostics/index.ts";
import { writeFileAtomically } from "../repository/index.ts";
import { findWorkTree, git } from "./git.ts";

/** What became of the hook. */
export interface HookChange {
  /** Absolute. */
  hook: string;
  state: "installed" | "unchanged" | "removed" | "absent";
  /** The hook that was there before and still runs, first; after a removal, the one that is back in its place. */
  before: string | undefined;
}

/** Tells fleet's own hook; part of the first lines of every one that was ever written. */
const MARK = "# Written by `fleet hooks install`";

/**
 * Installs the pre-commit hook of the work tree that `root` is in, where git looks for it (core.hooksPath, and the
 * common directory of linked work trees). Installing again changes nothing.
 *
 * @param launcher absolute path of the fleet that the hook calls; one on PATH stands in when it is gone
 * @param force keep a hook that fleet did not write under another name and let fleet's run it first
 * @throws FleetError `git/foreign-hook`
 */
export async function installHook(
  root: string,
  { launcher, force, signal }: { launcher: string; force: boolean; signal: AbortSignal },
): Promise<HookChange> {
  const tree = findWorkTree(root, signal);
  const { hook, aside } = await places(root, signal);
  const present = await read(hook);
  const before = await read(aside);
  const text = script(launcher, relative(tree.top, root));
  if (present !== undefined && !isOurs(present)) {
    if (!force) {
      const hint = "--force keeps it: fleet's hook then runs it first";
      throw new FleetError(error("git/foreign-hook", `${hook} is not fleet's`, { hint }));
    }
    if (before !== undefined) {
      const message = `${hook} is not fleet's, and ${aside}, where it would go, is taken`;
      throw new FleetError(error("git/foreign-hook", message, { hint: "merge the two, or remove one" }));
    }
    await rename(hook, aside);
  }
  const chained = before === undefined && present !== undefined && !isOurs(present) ? present : before;
  if (present !== text) await writeFileAtomically(hook, text);
  await chmod(hook, 0o755);
  return {
    hook,
    state: present === text ? "unchanged" : "installed",
    before: chained === undefined ? undefined : aside,
  };
}

/** Removes fleet's hook, and puts back the one that it ran first. Another's hook is left alone. */
export async function uninstallHook(root: string, signal: AbortSignal): Promise<HookChange> {
  const { hook, aside } = await places(root, signal);
  const present = await read(hook);
  if (present === undefined || !isOurs(present)) return { hook, state: "absent", before: undefined };
  const before = await read(aside);
  if (before === undefined) await rm(hook);
  else await rename(aside, hook);
  return { hook, state: "removed", before: before === undefined ? undefined : hook };
}

async function places(root: string, signal: AbortSignal): Promise<{ hook: string; aside: string }> {
  const tree = findWorkTree(root, signal);
  const path = await git(tree, "rev-parse", "--git-path", "hooks/pre-commit");
  const hook = resolve(tree.top, path.replace(/\n$/, ""));
  return { hook, aside: `${hook}.before-fleet` };
}

function isOurs(text: string): boolean {
  return text.includes(MARK);
}

async function read(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (caught) {
    if ((caught as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw caught;
  }
}

/**
 * The hook. git starts it in the top directory. Hooks are shared by all branches and work trees (and with a global
 * core.hooksPath by all repositories), so a commit without a manifest is none of its business.
 *
 * @param below the repository's path from the top; empty for the top itself
 */
function script(launcher: string, below: string): string {
  const manifest = below === "" ? "fleet.yaml" : `${below}/fleet.yaml`;
  return `#!/bin/sh
${MARK}: the hosts that the staged change touches must evaluate.
# \`fleet hooks install --uninstall\` removes it; \`git commit --no-verify\` goes past it once.
if [ -x "$0.before-fleet" ]; then
  "$0.before-fleet" "$@" || exit
fi
git cat-file -e ${quoted(`:${manifest}`)} 2>/dev/null || exit 0
fleet=${quoted(launcher)}
[ -x "$fleet" ] || fleet=$(command -v fleet) || {
  echo "pre-commit: fleet is not at ${launcher.replace(/["$`\\]/g, "\\$&")} nor on PATH; install the hook again from where it is" >&2
  exit 1
}
exec "$fleet" gate --staged --changed --quiet --repo ${quoted(below === "" ? "." : below)}
`;
}

/** One word of the shell. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

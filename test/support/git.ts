import { spawnSync } from "node:child_process";
import { rm } from "node:fs/promises";
import { join } from "node:path";

export interface GitOutcome {
  code: number | null;
  out: string;
  err: string;
}

/** git in a directory, with an identity, and with nobody's settings but the repository's own. */
export function gitIn(cwd: string, ...args: string[]): GitOutcome {
  const { status, stdout, stderr } = spawnSync("git", args, {
    cwd,
    encoding: "utf8",
    env: {
      ...process.env,
      GIT_CONFIG_GLOBAL: "/dev/null",
      GIT_CONFIG_SYSTEM: "/dev/null",
      GIT_AUTHOR_NAME: "test",
      GIT_AUTHOR_EMAIL: "test@localhost",
      GIT_COMMITTER_NAME: "test",
      GIT_COMMITTER_EMAIL: "test@localhost",
    },
  });
  return { code: status, out: stdout, err: stderr };
}

/** As `gitIn`, for what must succeed: gives what git printed. */
export function gitOk(cwd: string, ...args: string[]): string {
  const { code, out, err } = gitIn(cwd, ...args);
  if (code !== 0) throw new Error(`git ${args.join(" ")}: ${err}`);
  return out;
}

/** Makes a directory a repository with all of it committed, in place of a .git that is there. */
export async function commitAll(root: string): Promise<void> {
  await rm(join(root, ".git"), { recursive: true, force: true });
  gitOk(root, "init", "--quiet", "--initial-branch=main");
  gitOk(root, "add", "--all");
  gitOk(root, "commit", "--quiet", "--message", "before");
}

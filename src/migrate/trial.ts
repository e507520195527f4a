import { rm } from "node:fs/promises";
import { error, FleetError } from "../diagnostics/index.ts";
import { run } from "../process/index.ts";
import { migrate, type MigrationReport, type MigrationRequest } from "./migrate.ts";
import { copyRepository } from "./staging.ts";

export interface Trial {
  report: MigrationReport;
  /** Where the copy is; it is kept, for looking at. */
  copy: string;
  /** What `git diff --stat` says in the copy. */
  stat: string;
}

/** Runs a migration in a fresh copy of the repository, which is a git repository with the state before as its only commit. */
export async function tryMigration(request: MigrationRequest): Promise<Trial> {
  const { root, signal } = request.context;
  const copy = await copyRepository(root, signal);
  try {
    await git(copy, signal, "init", "--quiet", "--initial-branch=main");
    await git(copy, signal, "add", "--all");
    await git(
      copy,
      signal,
      "commit",
      "--quiet",
      "--no-verify",
      "--message",
      "The state before the migration",
    );
    const report = await migrate({ ...request, context: { ...request.context, root: copy } });
    await git(copy, signal, "add", "--all", "--intent-to-add");
    return { report, copy, stat: await git(copy, signal, "diff", "--stat") };
  } catch (caught) {
    await rm(copy, { recursive: true, force: true });
    throw caught;
  }
}

/** git with an identity of its own, so that the person's settings neither matter nor change. */
async function git(cwd: string, signal: AbortSignal, ...args: string[]): Promise<string> {
  const identity = [
    "-c",
    "user.name=fleet",
    "-c",
    "user.email=fleet@localhost",
    "-c",
    "commit.gpgSign=false",
  ];
  const { exitCode, stdout, stderr } = await run("git", [...identity, ...args], { cwd, signal });
  if (exitCode === 0) return stdout;
  throw new FleetError(
    error("migrate/git-failed", `git ${args[0] ?? ""} failed in the copy: ${stderr.trim()}`),
  );
}

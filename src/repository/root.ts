import { realpath, stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { error, FleetError } from "../diagnostics/index.ts";

/** What tells a repository's top directory, in no order: the nearest directory that holds any of these wins. */
const MARKS = ["fleet.yaml", ".git"];

/**
 * The absolute, link-free path of the repository to work on: `repo` (`--repo DIR`) when given, else the nearest
 * directory from `cwd` upwards that holds fleet.yaml or .git.
 *
 * @throws FleetError `repository/not-found` when there is none.
 */
export async function findRoot(from: { repo?: string | undefined; cwd: string }): Promise<string> {
  if (from.repo !== undefined) return namedRoot(resolve(from.cwd, from.repo), from.repo);
  const start = await realpath(from.cwd);
  for (let directory = start; ; directory = dirname(directory)) {
    for (const mark of MARKS) if (await exists(join(directory, mark))) return directory;
    if (directory === dirname(directory)) break;
  }
  throw new FleetError(
    error("repository/not-found", `neither ${start} nor a directory above it holds fleet.yaml or .git`, {
      hint: "change into the repository, or name it with --repo DIR",
    }),
  );
}

async function namedRoot(path: string, asGiven: string): Promise<string> {
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory() === true) return realpath(path);
  throw new FleetError(
    error("repository/not-found", `${asGiven} is ${found === undefined ? "not there" : "no directory"}`, {
      hint: "--repo takes the top directory of the repository",
    }),
  );
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

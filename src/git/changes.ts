import { randomUUID } from "node:crypto";
import { join, relative } from "node:path";
import { error, FleetError } from "../diagnostics/index.ts";
import { findWorkTree, git, gitWith, type WorkTree } from "./git.ts";

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
 * The text that files had in a commit, by path; without those that were no file there. git is started twice, however
 * many files there are.
 *
 * @param root absolute path of the repository, which paths are relative to
 */
export async function filesAt(
  root: string,
  commit: string,
  paths: readonly string[],
  signal: AbortSignal,
): Promise<Map<string, string>> {
  const tree = findWorkTree(root, signal);
  const objects = paths.length === 0 ? new Map<string, string>() : await blobsOf(tree, commit);
  const wanted = paths.flatMap((path) => {
    const object = objects.get(relative(tree.top, join(root, path)));
    return object === undefined ? [] : [[path, object] as const];
  });
  const texts = await blobTexts(tree, [...new Set(wanted.map(([, object]) => object))]);
  return new Map(wanted.map(([path, object]) => [path, texts.get(object) ?? ""]));
}

/** The names of all blobs of a commit, by path from the top; none before the first commit. */
async function blobsOf(tree: WorkTree, commit: string): Promise<Map<string, string>> {
  let listing: string;
  try {
    listing = await git(tree, "ls-tree", "-r", "-z", "--full-tree", commit);
  } catch (caught) {
    if (caught instanceof FleetError) return new Map();
    throw caught;
  }
  // "mode type name\tpath"; the type is "commit" for a submodule.
  return new Map(
    records(listing).flatMap((record) => {
      const tab = record.indexOf("\t");
      const [, type, name] = record.slice(0, tab).split(" ");
      return type === "blob" && name !== undefined ? [[record.slice(tab + 1), name] as const] : [];
    }),
  );
}

/**
 * The texts of blobs by name. What comes before each is marked by something that no text can know, since the sizes
 * that git gives count bytes, which texts that are not UTF-8 lose here.
 *
 * @throws FleetError `git/failed` when the repository lacks one of them
 */
async function blobTexts(tree: WorkTree, names: readonly string[]): Promise<Map<string, string>> {
  if (names.length === 0) return new Map();
  const mark = randomUUID();
  const input = `${names.join("\n")}\n`;
  const output = await gitWith(tree, { input }, "cat-file", `--batch=${mark} %(objectname)`);
  // "mark name\n", the text, "\n"
  const parts = output.split(`${mark} `).slice(1);
  if (parts.length !== names.length) {
    throw new FleetError(error("git/failed", "git cat-file: the repository lacks files of the commit"));
  }
  return new Map(
    parts.map((part) => {
      const start = part.indexOf("\n");
      return [part.slice(0, start), part.slice(start + 1, -1)];
    }),
  );
}

function records(output: string): string[] {
  return output.split("\0").filter((record) => record !== "");
}

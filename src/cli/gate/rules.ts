import { FleetError } from "../../diagnostics/index.ts";
import { changedFiles, filesAt } from "../../git/index.ts";
import { readText } from "../../repository/index.ts";
import {
  checkAlloyOptions,
  checkChange,
  concernsRules,
  type FileChange,
  type RuleReport,
} from "../../rules/index.ts";
import type { Io } from "../io.ts";
import { gateOptions } from "./options.ts";
import type { Tree } from "./tree.ts";

/** The change that a gate is about. */
export interface Since {
  staged: boolean;
  /** The commit that it starts from; undefined for the last one. */
  since: string | undefined;
}

/**
 * Holds a repository's change, and its channels, to the rules of the manifest. Outside of git there is no change to
 * look at, which is said.
 *
 * @param root the repository itself, which `tree` may be a copy of
 */
export async function checkRules(
  root: string,
  tree: Tree,
  { staged, since, cold }: Since & { cold: boolean },
  io: Io,
): Promise<RuleReport[]> {
  const options = gateOptions({ env: tree.env, cold }, io);
  const onOptions = await checkAlloyOptions(tree.fleet, tree.root, options);
  try {
    return [...checkChange(tree.fleet, await changesOf(root, tree, { staged, since }, io)), ...onOptions];
  } catch (caught) {
    if (!(caught instanceof FleetError) || caught.diagnostics.some(({ code }) => !code.startsWith("git/"))) {
      throw caught;
    }
    io.log(
      `rules about changes are not checked: ${caught.diagnostics.map(({ message }) => message).join("; ")}`,
    );
    return onOptions;
  }
}

async function changesOf(root: string, tree: Tree, { staged, since }: Since, io: Io): Promise<FileChange[]> {
  const paths = await changedFiles(root, {
    staged,
    signal: io.signal,
    ...(since !== undefined && { since }),
  });
  const inside = paths.filter((path) => !path.startsWith("../"));
  const read = inside.filter((path) => concernsRules(tree.fleet, path));
  const before = await filesAt(root, since ?? "HEAD", read, io.signal);
  const after = new Map(
    await Promise.all(read.map(async (path) => [path, await readText(tree.root, path)] as const)),
  );
  // Files that no rule reads still count as part of the change.
  return inside.map((path) => ({ path, before: before.get(path), after: after.get(path) }));
}

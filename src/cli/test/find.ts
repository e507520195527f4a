import { readdir, stat } from "node:fs/promises";
import { join, relative, resolve } from "node:path";
import { error, FleetError } from "../../diagnostics/index.ts";
import { findRoot, loadFleet, MANIFEST } from "../../repository/index.ts";

/** True for the name of a test file: `journal.test.yaml`, `journal_test.yml`. */
export function isTestFile(name: string): boolean {
  return /[._]test\.ya?ml$/.test(name);
}

/**
 * The test files that the command line means, as paths that begin where its paths begin: files as they are,
 * directories with all test files below them; without paths, those of the repository.
 *
 * @throws FleetError `cli/unreadable` for a path that is not there, `test/none` when no test is found
 */
export async function findTests(
  paths: readonly string[],
  { cwd, repo }: { cwd: string; repo: string | undefined },
): Promise<string[]> {
  const places = paths.length > 0 ? paths : await usualPlaces(cwd, repo);
  const found = await Promise.all(places.map((path) => testsAt(cwd, path)));
  const files = [...new Set(found.flat())];
  if (files.length > 0) return files;
  const where = places.length === 0 ? "tests/ or the modules" : places.join(", ");
  const hint =
    "a test is a file whose name ends in .test.yaml or _test.yaml; docs/pipeline-tests.md says what it holds";
  throw new FleetError(error("test/none", `there are no tests in ${where}`, { hint }));
}

/** `tests/` and the shared modules of the repository, as far as they are there. */
async function usualPlaces(cwd: string, repo: string | undefined): Promise<string[]> {
  const root = await findRoot({ repo, cwd });
  const hasManifest = await exists(join(root, MANIFEST));
  const modules = hasManifest ? (await loadFleet(root)).fleet.layout.modules : "modules";
  const places = ["tests", modules].map((name) => join(root, name));
  const there = await Promise.all(places.map(exists));
  return places.filter((_, at) => there[at]).map((place) => relative(cwd, place) || ".");
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
}

async function testsAt(cwd: string, path: string): Promise<string[]> {
  const found = await stat(resolve(cwd, path)).catch(() => undefined);
  if (found === undefined) {
    const hint = "name a test file, or a directory that holds some";
    throw new FleetError(error("cli/unreadable", `${path} cannot be read: there is nothing there`, { hint }));
  }
  return found.isDirectory() ? testsBelow(cwd, path) : [path];
}

/** Links are not followed: a host's link to shared files would lead to them again. */
async function testsBelow(cwd: string, directory: string): Promise<string[]> {
  const items = await readdir(resolve(cwd, directory), { withFileTypes: true });
  const found = await Promise.all(
    items
      .sort((left, right) => (left.name < right.name ? -1 : 1))
      .map(async (item) => {
        const path = join(directory, item.name);
        const entered = item.isDirectory() && !item.name.startsWith(".") && item.name !== "node_modules";
        if (entered) return testsBelow(cwd, path);
        return item.isFile() && isTestFile(item.name) ? [path] : [];
      }),
  );
  return found.flat();
}

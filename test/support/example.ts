import { cp, mkdir, mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Test } from "tap";
import "./environment.ts";

const ROOT = join(import.meta.dirname, "../..");

/** A copy of the example fleet outside of this repository, removed after the test. */
export async function exampleFleet(t: Test): Promise<string> {
  const root = await realpath(await mkdtemp(join(tmpdir(), "fleet-example-")));
  t.teardown(() => rm(root, { recursive: true, force: true }));
  for (const name of ["fleet.yaml", ".sops.yaml", "hosts", "modules", "utils", "clusters"]) {
    await cp(join(ROOT, name), join(root, name), { recursive: true, verbatimSymlinks: true });
  }
  await mkdir(join(root, ".git"));
  return root;
}

import { error, FleetError } from "../diagnostics/index.ts";
import { parseManifest, type Fleet } from "../manifest/index.ts";
import { readText } from "./change-set.ts";
import { checkTree } from "./tree-check.ts";

/** The manifest's path in every repository. */
export const MANIFEST = "fleet.yaml";

/** A manifest that was read and checked against the tree that it describes. */
export interface LoadedFleet {
  root: string;
  fleet: Fleet;
}

/**
 * Reads fleet.yaml of the repository at `root` and checks it, first by itself, then against the tree: every
 * host has its directory and what it is evaluated from, and nothing leads out of the repository.
 *
 * @throws FleetError exit code 2, with every diagnostic.
 */
export async function loadFleet(root: string): Promise<LoadedFleet> {
  const text = await readText(root, MANIFEST);
  if (text === undefined) {
    const hint = "fleet init writes one from what the repository has";
    throw new FleetError(error("manifest/not-found", `${MANIFEST} is not in ${root}`, { hint }));
  }
  const manifest = parseManifest(MANIFEST, text);
  if (manifest.fleet === undefined) throw new FleetError(manifest.diagnostics);
  const diagnostics = checkTree(root, manifest.fleet, manifest);
  if (diagnostics.length > 0) throw new FleetError(diagnostics);
  return { root, fleet: manifest.fleet };
}

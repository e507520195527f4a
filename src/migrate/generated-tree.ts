import { rm } from "node:fs/promises";
import { FleetError, hasErrors } from "../diagnostics/index.ts";
import type { Fleet, Host } from "../manifest/index.ts";
import { applyChanges } from "../repository/index.ts";
import type { Context } from "./context.ts";
import { prepareGeneration, readPipeline } from "./generation.ts";
import { copyRepository } from "./staging.ts";

/** A tree in which a host ships with Alloy. */
export interface GeneratedTree {
  root: string;
  /** What of it the repository does not have yet, as paths; none where `root` is the repository itself. */
  changed: readonly string[];
  /** The Promtail configuration that the host's pipeline comes from, as plain data. */
  promtail: unknown;
}

/**
 * Gives `work` the repository where a host ships with Alloy as the manifest asks, else a copy in which it does. What is
 * there of the shared module stays as it is, right or wrong.
 *
 * @throws FleetError what generation has to complain about, and what `work` throws.
 */
export async function withGenerated<T>(
  context: Context,
  fleet: Fleet,
  host: Host,
  work: (tree: GeneratedTree) => Promise<T>,
): Promise<T> {
  const { root, signal } = context;
  if (host.ship !== "alloy" || host.promtail === undefined)
    return work({ root, changed: [], promtail: undefined });
  const source = await readPipeline(context, fleet, [host]);
  const generation = await prepareGeneration(root, fleet, [host], source, { force: true });
  const { diagnostics } = generation;
  const shared = `${fleet.layout.modules}/`;
  const changes = generation.changes.filter(
    ({ path, before }) => before === undefined || !path.startsWith(shared),
  );
  if (hasErrors(diagnostics)) throw new FleetError(diagnostics, 1);
  const changed = changes.map(({ path }) => path);
  if (changed.length === 0) return work({ root, changed, promtail: source.configuration });
  const copy = await copyRepository(root, signal);
  try {
    await applyChanges(copy, changes);
    return await work({ root: copy, changed, promtail: source.configuration });
  } finally {
    await rm(copy, { recursive: true, force: true });
  }
}

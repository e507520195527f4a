import { error, FleetError, type Diagnostic } from "../diagnostics/index.ts";
import { objectName, type KubernetesObject } from "../generate/index.ts";
import type { ApiClient, Conflict } from "./api/client.ts";
import { removeObjects } from "./remove.ts";
import type { Plan } from "./plan.ts";

/** What applying came to. */
export interface Applied {
  /** The names of all objects that were applied, changed or not, in their order. */
  applied: readonly string[];
  /** The names of those that are no longer wanted and were deleted. */
  pruned: readonly string[];
  /** What is no longer wanted and was kept. */
  diagnostics: readonly Diagnostic[];
}

/**
 * Applies the objects in their order by server-side apply, then deletes what the plan says is gone.
 *
 * @param options.force take over fields that others own; without it the caller has found the plan free of conflicts
 * @throws FleetError `cluster/broken-off` with what is applied and what is not, and the reason
 */
export async function applyObjects(
  client: ApiClient,
  objects: readonly KubernetesObject[],
  plan: Plan,
  options: { force: boolean; log: (line: string) => void; signal?: AbortSignal },
): Promise<Applied> {
  const applied: string[] = [];
  const pruned: string[] = [];
  const names = objects.map(objectName);
  const gone = plan.gone.map(objectName);
  try {
    for (const object of objects) {
      const result = await client.apply(object, { dryRun: false, force: options.force });
      if (result.outcome === "conflict") throw new FleetError(conflictDiagnostics(result.conflicts), 1);
      if (result.outcome === "no-namespace") throw vanished(object);
      applied.push(objectName(object));
      options.log(`applied ${objectName(object)}`);
    }
    const removal = await removeObjects(client, plan.gone, {
      ...options,
      onRemoved: (name) => pruned.push(name),
    });
    return { applied, pruned, diagnostics: removal.diagnostics };
  } catch (caught) {
    options.signal?.throwIfAborted();
    if (!(caught instanceof FleetError)) throw caught;
    const left = [
      ...names.filter((name) => !applied.includes(name)).map((name) => `not applied: ${name}`),
      ...gone.filter((name) => !pruned.includes(name)).map((name) => `not deleted: ${name}`),
    ];
    const message =
      `${applied.length} of ${names.length} objects were applied, then it broke off\n` +
      [...applied.map((name) => `applied: ${name}`), ...left].join("\n");
    const hint = "mend the reason and apply again: what is applied already stays as it is";
    throw new FleetError(
      [...caught.diagnostics, error("cluster/broken-off", message, { hint })],
      caught.exitCode,
    );
  }
}

/** One diagnostic for each field that another manager owns. */
export function conflictDiagnostics(conflicts: readonly Conflict[]): Diagnostic[] {
  const hint = "take the change into fleet.yaml or undo it, or take the field over with --force-conflicts";
  return conflicts.map(({ object, field, message }) =>
    error("cluster/conflict", `${object}: ${field} has another owner: ${message}`, { hint }),
  );
}

function vanished(object: KubernetesObject): FleetError {
  const hint = "somebody deletes it meanwhile; apply again when that is done";
  const message = `${objectName(object)}: its namespace is not there any more`;
  return new FleetError(error("cluster/refused", message, { hint }));
}

import { setTimeout as sleep } from "node:timers/promises";
import { error, FleetError, warning, type Diagnostic } from "../diagnostics/index.ts";
import { objectName } from "../generate/index.ts";
import type { Cluster } from "../manifest/index.ts";
import type { ApiClient, LiveObject } from "./api/client.ts";
import { findOwned } from "./owned.ts";
import { blockers } from "./plan.ts";

/** What removing came to. */
export interface Removed {
  /** The names of what is gone. */
  removed: readonly string[];
  /** Namespaces that were kept, as there is in them what fleet did not make. */
  diagnostics: readonly Diagnostic[];
}

interface RemoveOptions {
  log: (line: string) => void;
  onRemoved?: (name: string) => void;
  /** Milliseconds to wait until all of it is gone: 2 minutes. */
  timeout?: number;
  signal?: AbortSignal;
}

/** Milliseconds between two looks. */
const INTERVAL = 500;
const TIMEOUT = 120_000;

/**
 * Deletes everything that fleet applied for a cluster, and waits until it is gone. A namespace with other things in it
 * stays.
 *
 * @throws FleetError `cluster/not-gone` when it is not gone in time, `cluster/unreachable`, `cluster/refused`
 */
export async function uninstall(
  client: ApiClient,
  cluster: Cluster,
  options: RemoveOptions,
): Promise<Removed> {
  return removeObjects(client, await findOwned(client, cluster), options);
}

/** Deletes objects, namespaces after all others, and waits until they are gone. Throws as `uninstall` does. */
export async function removeObjects(
  client: ApiClient,
  objects: readonly LiveObject[],
  options: RemoveOptions,
): Promise<Removed> {
  const { namespaces = [], inside = [] } = Object.groupBy(objects, ({ kind }) =>
    kind === "Namespace" ? "namespaces" : "inside",
  );
  const deadline = Date.now() + (options.timeout ?? TIMEOUT);
  const removed: string[] = [];
  const remove = async (some: readonly LiveObject[]): Promise<void> => {
    for (const object of some) await client.delete(object);
    for (const object of some) {
      await untilGone(client, object, deadline, options);
      removed.push(objectName(object));
      options.onRemoved?.(objectName(object));
      options.log(`deleted ${objectName(object)}`);
    }
  };
  await remove(inside);
  const diagnostics: Diagnostic[] = [];
  for (const namespace of namespaces) {
    const others = await foreignContent(client, namespace);
    if (others.length === 0) await remove([namespace]);
    else diagnostics.push(kept(namespace, others));
  }
  return { removed, diagnostics };
}

async function untilGone(
  client: ApiClient,
  object: LiveObject,
  deadline: number,
  { log, signal }: RemoveOptions,
): Promise<void> {
  let told = false;
  for (;;) {
    const live = await client.get(object);
    if (live === undefined || live.metadata.uid !== object.metadata.uid) return;
    if (Date.now() > deadline) throw notGone(live);
    if (!told) log(`waiting until ${objectName(object)} is gone${blockers(live)}`);
    told = true;
    await sleep(INTERVAL, undefined, signal === undefined ? {} : { signal });
  }
}

function notGone(live: LiveObject): FleetError {
  const { finalizers } = live.metadata as { finalizers?: readonly string[] };
  const waits = finalizers === undefined ? blockers(live) : `: it waits for ${finalizers.join(", ")}`;
  const hint = "it goes on being deleted; run it again to wait for the rest";
  return new FleetError(error("cluster/not-gone", `${objectName(live)} is still there${waits}`, { hint }), 1);
}

/** Kinds that a namespace has of itself, or that follow from other objects and go with them. */
const INCIDENTAL: ReadonlySet<string> = new Set([
  "Event",
  "Endpoints",
  "EndpointSlice",
  "Lease",
  "ControllerRevision",
]);

/** Names of what is in a namespace that fleet did not make and that does not come with every namespace. */
async function foreignContent(client: ApiClient, { metadata }: LiveObject): Promise<string[]> {
  if (metadata.deletionTimestamp !== undefined) return [];
  const names = new Set<string>();
  for (const resource of await client.namespacedResources()) {
    if (INCIDENTAL.has(resource.kind)) continue;
    for (const object of await client.list(resource, { namespace: metadata.name })) {
      if (!isIncidental(object)) names.add(objectName(object));
    }
  }
  return [...names];
}

/** True for what comes with every namespace, and for what another object brought along and takes with it. */
function isIncidental({ kind, metadata }: LiveObject): boolean {
  if ((metadata.ownerReferences ?? []).length > 0 || metadata.deletionTimestamp !== undefined) return true;
  return (
    (kind === "ServiceAccount" && metadata.name === "default") ||
    (kind === "ConfigMap" && metadata.name === "kube-root-ca.crt")
  );
}

function kept({ metadata: { name } }: LiveObject, others: readonly string[]): Diagnostic {
  const shown = others.slice(0, 5).join(", ") + (others.length > 5 ? `, and ${others.length - 5} more` : "");
  const hint = `kubectl delete namespace ${name} removes it with all that is in it`;
  return warning("cluster/namespace-kept", `namespace ${name} stays, as fleet did not make ${shown}`, {
    hint,
  });
}

import { objectName, objectText, type KubernetesObject } from "../generate/index.ts";
import { unifiedDiff } from "../repository/index.ts";

/** How one object differs. */
export interface ObjectChange {
  /** `DaemonSet grafana-alloy/alloy` */
  object: string;
  change: "new" | "changed" | "gone";
  /** As a unified diff of YAML. */
  diff: string;
}

/**
 * How the objects that are wanted differ from those that are there, in the order of the wanted ones; what is gone
 * comes last. An object is the same one when its group, kind, namespace and name are.
 */
export function compareObjects(
  there: readonly KubernetesObject[],
  wanted: readonly KubernetesObject[],
): ObjectChange[] {
  const before = new Map(there.map((object) => [identityOf(object), object]));
  const after = new Map(wanted.map((object) => [identityOf(object), object]));
  const changes: ObjectChange[] = [];
  for (const [identity, object] of after) {
    const old = before.get(identity);
    const diff = difference(old, object);
    if (diff !== "")
      changes.push({ object: objectName(object), change: old === undefined ? "new" : "changed", diff });
  }
  for (const [identity, object] of before) {
    if (!after.has(identity))
      changes.push({ object: objectName(object), change: "gone", diff: difference(object, undefined) });
  }
  return changes;
}

/** True when both are the same object of an API server, in whatever version of its kind. */
export function sameObject(one: KubernetesObject, other: KubernetesObject): boolean {
  return identityOf(one) === identityOf(other);
}

function identityOf({ apiVersion, kind, metadata }: KubernetesObject): string {
  const group = apiVersion.includes("/") ? apiVersion.split("/")[0] : "";
  return JSON.stringify([group, kind, metadata.namespace ?? "", metadata.name]);
}

function difference(before: KubernetesObject | undefined, after: KubernetesObject | undefined): string {
  const name = after ?? before;
  if (name === undefined) return "";
  return unifiedDiff(
    objectName(name),
    before === undefined ? undefined : objectText(before),
    after === undefined ? "" : objectText(after),
  );
}

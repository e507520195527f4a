import { error, hasErrors, type Diagnostic } from "../diagnostics/index.ts";
import { objectName, ownerLabels, type KubernetesObject } from "../generate/index.ts";
import type { Cluster } from "../manifest/index.ts";
import type { ApiClient, Conflict, LiveObject } from "./api/client.ts";
import { compareObjects, sameObject, type ObjectChange } from "./changes.ts";
import { findOwned } from "./owned.ts";

/** What applying would do, asked of the API server without changing anything. */
export interface Plan {
  changes: readonly ObjectChange[];
  /** Objects of an earlier apply that are no longer wanted, those made last first. */
  gone: readonly LiveObject[];
  conflicts: readonly Conflict[];
  /** Why it cannot be applied as things are; conflicts are not among them. */
  diagnostics: readonly Diagnostic[];
}

/**
 * Has the API server try every object without keeping it (server-side apply as a dry run), so that defaults that it
 * fills in and fields that others own are no difference, and what it would refuse is known before anything changes.
 *
 * @throws FleetError `cluster/unreachable`, `cluster/refused`
 */
export async function planApply(
  client: ApiClient,
  cluster: Cluster,
  objects: readonly KubernetesObject[],
): Promise<Plan> {
  const diagnostics = await missingKinds(client, objects);
  if (diagnostics.length > 0) return { changes: [], gone: [], conflicts: [], diagnostics };
  const there: KubernetesObject[] = [];
  const after: KubernetesObject[] = [];
  const conflicts: Conflict[] = [];
  for (const object of objects) {
    const live = await client.get(object);
    if (live !== undefined) {
      diagnostics.push(...obstacles(live, cluster));
      there.push(plain(live));
    }
    if (hasErrors(diagnostics)) continue;
    const tried = await tryOut(client, object);
    conflicts.push(...tried.conflicts);
    after.push(live === undefined ? object : tried.object);
  }
  if (hasErrors(diagnostics)) return { changes: [], gone: [], conflicts: [], diagnostics };
  const owned = await findOwned(client, cluster);
  const gone = owned.filter((one) => !objects.some((object) => sameObject(object, one)));
  const changes = compareObjects([...there, ...gone.map(plain)], after);
  return { changes, gone, conflicts, diagnostics };
}

/** What an object would be after it is applied, whoever owns its fields now, and which of these others own. */
async function tryOut(
  client: ApiClient,
  object: KubernetesObject,
): Promise<{ object: KubernetesObject; conflicts: Conflict[] }> {
  const tried = await client.apply(object, { dryRun: true, force: false });
  if (tried.outcome === "applied") return { object: plain(tried.object), conflicts: [] };
  if (tried.outcome === "no-namespace") return { object, conflicts: [] };
  const forced = await client.apply(object, { dryRun: true, force: true });
  return {
    object: forced.outcome === "applied" ? plain(forced.object) : object,
    conflicts: tried.conflicts,
  };
}

/** The operators whose kinds fleet uses, for those who lack them. */
const OPERATORS: Readonly<Record<string, string>> = {
  ServiceMonitor: "install the custom resource definitions of the Prometheus operator",
  ExternalSecret: "install External Secrets 0.16 or newer",
  ClusterSecretStore: "install External Secrets 0.16 or newer",
  Application: "install ArgoCD, or render with `output: manifests`",
};

async function missingKinds(client: ApiClient, objects: readonly KubernetesObject[]): Promise<Diagnostic[]> {
  const diagnostics: Diagnostic[] = [];
  for (const [kind, group] of Map.groupBy(objects, ({ kind }) => kind)) {
    const [first] = group;
    if (first === undefined || (await client.resourceOf(first)) !== undefined) continue;
    const hint = OPERATORS[kind] ?? "use a Kubernetes that has it";
    const names = group.map(objectName).join(", ");
    diagnostics.push(
      error("cluster/missing-kind", `the API server has no ${kind} of ${first.apiVersion}: ${names}`, {
        hint,
      }),
    );
  }
  return diagnostics;
}

/** Why an object that is there must not be applied over. */
function obstacles(live: LiveObject, cluster: Cluster): Diagnostic[] {
  const { labels, deletionTimestamp } = live.metadata;
  const instance = "app.kubernetes.io/instance";
  const owner = ownerLabels({ ...cluster, name: labels?.[instance] ?? "" });
  const ours = Object.entries(owner).every(([name, value]) => labels?.[name] === value);
  if (ours && labels?.[instance] !== cluster.name) {
    const hint =
      "check the context of the kubeconfig; if the cluster was renamed, uninstall it by its old name";
    const message = `${objectName(live)} belongs to cluster ${labels?.[instance] ?? ""}, not to ${cluster.name}`;
    return [error("cluster/other-cluster", message, { hint })];
  }
  if (deletionTimestamp !== undefined && live.kind === "Namespace") {
    const hint = "wait until it is gone, then apply again";
    const message = `namespace ${live.metadata.name} is being deleted since ${deletionTimestamp}${blockers(live)}`;
    return [error("cluster/namespace-terminating", message, { hint })];
  }
  return [];
}

/** What a namespace that is being deleted waits for, as its conditions say. */
export function blockers(namespace: LiveObject): string {
  const { conditions } = (namespace["status"] ?? {}) as {
    conditions?: readonly { status: string; message?: string }[];
  };
  const reasons = (conditions ?? []).flatMap(({ status, message }) =>
    status === "True" && message !== undefined ? [message] : [],
  );
  return reasons.length === 0 ? "" : `: ${reasons.join(" ")}`;
}

/** What the API server notes of its own accord, and what controllers report: no part of what is wanted. */
const BOOKKEEPING: ReadonlySet<string> = new Set([
  "managedFields",
  "resourceVersion",
  "uid",
  "generation",
  "creationTimestamp",
  "selfLink",
]);
const TEMPLATE_GENERATION = "deprecated.daemonset.template.generation";

function plain(live: LiveObject): KubernetesObject {
  const { apiVersion, kind, metadata, status, ...rest } = live;
  const { annotations, ...kept } = Object.fromEntries(
    Object.entries(metadata).filter(([name]) => !BOOKKEEPING.has(name)),
  ) as LiveObject["metadata"];
  const others = Object.entries(annotations ?? {}).filter(([name]) => name !== TEMPLATE_GENERATION);
  return {
    apiVersion,
    kind,
    metadata: { ...kept, ...(others.length === 0 ? {} : { annotations: Object.fromEntries(others) }) },
    ...rest,
  };
}

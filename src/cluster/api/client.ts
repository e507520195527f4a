import { z } from "zod";
import { error, FleetError } from "../../diagnostics/index.ts";
import { objectName, type KubernetesObject } from "../../generate/index.ts";
import type { ApiAnswer, ApiRequest, Transport } from "./transport.ts";

/** The field manager that owns what fleet applies. */
export const FIELD_MANAGER = "fleet";

/** A field that another manager owns, and that would get another value. */
export interface Conflict {
  /** `ConfigMap grafana-alloy/grafana-alloy-cm` */
  object: string;
  /** `.data.config.alloy` */
  field: string;
  /** What the API server says of it: `conflict with "kubectl-edit" using v1`. */
  message: string;
}

export type ApplyOutcome =
  | { outcome: "applied"; object: LiveObject }
  | { outcome: "conflict"; conflicts: Conflict[] }
  /** The namespace that the object would be in is not there. */
  | { outcome: "no-namespace" };

/** An object as the API server gives it. */
export interface LiveObject extends KubernetesObject {
  metadata: KubernetesObject["metadata"] & {
    uid?: string;
    generation?: number;
    deletionTimestamp?: string;
    ownerReferences?: readonly unknown[];
    managedFields?: readonly { manager?: string; operation?: string }[];
  };
}

/** How the objects of a kind are addressed. */
export interface Resource {
  apiVersion: string;
  kind: string;
  /** `daemonsets` */
  plural: string;
  namespaced: boolean;
  verbs: readonly string[];
}

const resourceList = z.object({
  resources: z.array(
    z.object({ name: z.string(), kind: z.string(), namespaced: z.boolean(), verbs: z.array(z.string()) }),
  ),
});
const groupList = z.object({
  groups: z.array(z.object({ preferredVersion: z.object({ groupVersion: z.string() }) })),
});
const objectList = z.object({
  apiVersion: z.string(),
  items: z.array(z.looseObject({ metadata: z.looseObject({ name: z.string() }) })),
});
const statusShape = z.object({
  message: z.string().optional(),
  reason: z.string().optional(),
  details: z
    .object({
      kind: z.string().optional(),
      causes: z
        .array(
          z.object({
            reason: z.string().optional(),
            message: z.string().optional(),
            field: z.string().optional(),
          }),
        )
        .optional(),
    })
    .optional(),
});

/**
 * The part of the Kubernetes API that fleet uses. Every method ends with FleetError `cluster/unreachable` when no
 * answer comes and `cluster/refused` when the API server refuses in another way than the method's result says.
 */
export class ApiClient {
  readonly #transport: Transport;
  readonly #resources = new Map<string, Promise<readonly Resource[]>>();

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** The API server's version: `v1.35.0`. */
  async version(): Promise<string> {
    const answer = await this.#ask("/version", "the version");
    return z.object({ gitVersion: z.string() }).parse(answer.body).gitVersion;
  }

  /** How objects of this kind are addressed; undefined where the API server has no such kind. */
  async resourceOf({
    apiVersion,
    kind,
  }: Pick<KubernetesObject, "apiVersion" | "kind">): Promise<Resource | undefined> {
    const found = await this.#resourcesOf(apiVersion);
    return found.find((resource) => resource.kind === kind);
  }

  /** Every kind that lives in namespaces and that can be listed, in its preferred version. */
  async namespacedResources(): Promise<Resource[]> {
    const { body } = await this.#ask("/apis", "the API groups");
    const versions = [
      "v1",
      ...groupList.parse(body).groups.map((group) => group.preferredVersion.groupVersion),
    ];
    const found = await Promise.all(versions.map((version) => this.#resourcesOf(version)));
    return found.flat().filter(({ namespaced, verbs }) => namespaced && verbs.includes("list"));
  }

  /** The object of the same kind and name; undefined where there is none. */
  async get(object: KubernetesObject): Promise<LiveObject | undefined> {
    const path = await this.#pathOf(object);
    if (path === undefined) return undefined;
    const answer = await this.#transport(path);
    if (answer.status === 404) return undefined;
    return this.#accept(answer, `${objectName(object)} cannot be read`).body as LiveObject;
  }

  /** The objects of a kind, of all namespaces or one, that have these labels. */
  async list(
    resource: Resource,
    { namespace, labels = {} }: { namespace?: string; labels?: Readonly<Record<string, string>> } = {},
  ): Promise<LiveObject[]> {
    const selector = Object.entries(labels).map(([name, value]) => `${name}=${value}`);
    const answer = await this.#ask(
      collection(resource, namespace),
      resource.plural,
      selector.length === 0 ? {} : { query: { labelSelector: selector.join(",") } },
    );
    // Items of a list say neither kind nor version.
    const { kind, apiVersion } = resource;
    return objectList.parse(answer.body).items.map((item) => ({ ...item, apiVersion, kind }));
  }

  /**
   * Applies an object by server-side apply. Unknown and duplicate fields are refused.
   *
   * @param options.dryRun only ask what would come of it
   * @param options.force take over fields that other managers own
   */
  async apply(object: KubernetesObject, options: { dryRun: boolean; force: boolean }): Promise<ApplyOutcome> {
    const name = objectName(object);
    const path = await this.#pathOf(object);
    if (path === undefined) throw refused(`${name} cannot be applied: the API server has no ${object.kind}`);
    const answer = await this.#transport(path, {
      method: "PATCH",
      query: {
        fieldManager: FIELD_MANAGER,
        fieldValidation: "Strict",
        ...(options.force ? { force: "true" } : {}),
        ...(options.dryRun ? { dryRun: "All" } : {}),
      },
      // JSON is YAML.
      body: { contentType: "application/apply-patch+yaml", text: JSON.stringify(object) },
    });
    const status = statusShape.safeParse(answer.body).data;
    const causes = status?.details?.causes ?? [];
    const conflicts = causes.filter(({ reason }) => reason === "FieldManagerConflict");
    if (answer.status === 409 && conflicts.length > 0) {
      return {
        outcome: "conflict",
        conflicts: conflicts.map(({ field = "", message = "" }) => ({ object: name, field, message })),
      };
    }
    if (answer.status === 404 && status?.details?.kind === "namespaces") return { outcome: "no-namespace" };
    const { body } = this.#accept(answer, `${name} cannot be applied`);
    return { outcome: "applied", object: body as LiveObject };
  }

  /** Deletes this very object, not another that has come to have its name. True when it was there. */
  async delete(object: LiveObject): Promise<boolean> {
    const path = await this.#pathOf(object);
    if (path === undefined) return false;
    const { uid } = object.metadata;
    const options = {
      kind: "DeleteOptions",
      apiVersion: "v1",
      propagationPolicy: "Background",
      ...(uid === undefined ? {} : { preconditions: { uid } }),
    };
    const answer = await this.#transport(path, {
      method: "DELETE",
      body: { contentType: "application/json", text: JSON.stringify(options) },
    });
    if (answer.status === 404) return false;
    // 409: the namespace is being deleted already, or the object is another one by now.
    if (answer.status === 409) return false;
    this.#accept(answer, `${objectName(object)} cannot be deleted`);
    return true;
  }

  #resourcesOf(apiVersion: string): Promise<readonly Resource[]> {
    const known = this.#resources.get(apiVersion);
    if (known !== undefined) return known;
    const asked = this.#discover(apiVersion);
    this.#resources.set(apiVersion, asked);
    return asked;
  }

  async #discover(apiVersion: string): Promise<readonly Resource[]> {
    const answer = await this.#transport(root(apiVersion));
    if (answer.status === 404) return [];
    const { resources } = resourceList.parse(
      this.#accept(answer, `the kinds of ${apiVersion} cannot be listed`).body,
    );
    // Names such as daemonsets/status are parts of others.
    return resources
      .filter(({ name }) => !name.includes("/"))
      .map(({ name, kind, namespaced, verbs }) => ({ apiVersion, kind, plural: name, namespaced, verbs }));
  }

  async #pathOf(object: KubernetesObject): Promise<string | undefined> {
    const resource = await this.resourceOf(object);
    if (resource === undefined) return undefined;
    const { name, namespace } = object.metadata;
    return `${collection(resource, resource.namespaced ? namespace : undefined)}/${encodeURIComponent(name)}`;
  }

  async #ask(path: string, what: string, request: ApiRequest = {}): Promise<ApiAnswer> {
    return this.#accept(await this.#transport(path, request), `${what} cannot be read`);
  }

  #accept(answer: ApiAnswer, otherwise: string): ApiAnswer {
    if (answer.status >= 200 && answer.status < 300) return answer;
    const message = statusShape.safeParse(answer.body).data?.message;
    throw refused(`${otherwise}: ${message ?? "no reason given"} (status ${answer.status})`, answer.status);
  }
}

function root(apiVersion: string): string {
  return apiVersion.includes("/") ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
}

function collection({ apiVersion, plural }: Resource, namespace: string | undefined): string {
  return `${root(apiVersion)}${namespace === undefined ? "" : `/namespaces/${encodeURIComponent(namespace)}`}/${plural}`;
}

function refused(message: string, status?: number): FleetError {
  const hint =
    status === 401 || status === 403
      ? "check who the kubeconfig logs in as, and what that account may do"
      : "mend what the API server says, and run it again";
  return new FleetError(error("cluster/refused", message, { hint }));
}

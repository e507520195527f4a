import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { error, type Diagnostic } from "../diagnostics/index.ts";
import { objectName, type KubernetesObject } from "../generate/index.ts";
import type { ApiClient, LiveObject } from "./api/client.ts";

/** How far an object has come. */
export interface Readiness {
  /** `DaemonSet grafana-alloy/alloy` */
  object: string;
  ready: boolean;
  /** In a few words: "2 of 3 pods are ready". */
  detail: string;
}

interface WaitOptions {
  /** Milliseconds. */
  timeout: number;
  log: (line: string) => void;
  signal?: AbortSignal;
}

/** Milliseconds between two looks. */
const INTERVAL = 1000;

/**
 * Waits until every object that can be ready is, telling each step. What is not ready in the end comes with its
 * reasons: conditions of custom resources, and for a DaemonSet what its pods wait for.
 *
 * @throws FleetError `cluster/unreachable`, `cluster/refused`
 */
export async function waitUntilReady(
  client: ApiClient,
  objects: readonly KubernetesObject[],
  { timeout, log, signal }: WaitOptions,
): Promise<{ states: Readiness[]; diagnostics: Diagnostic[] }> {
  const watched = objects.filter(({ kind }) => kind in JUDGES);
  const told = new Map<string, string>();
  const deadline = Date.now() + timeout;
  for (;;) {
    const states: Readiness[] = [];
    for (const object of watched) {
      const state = await look(client, object);
      states.push(state);
      const line = `${state.object}: ${state.detail}`;
      if (told.get(state.object) !== line) log(line);
      told.set(state.object, line);
    }
    if (states.every(({ ready }) => ready)) return { states, diagnostics: [] };
    if (Date.now() > deadline) return { states, diagnostics: notReady(states, timeout) };
    await sleep(INTERVAL, undefined, signal === undefined ? {} : { signal });
  }
}

function notReady(states: readonly Readiness[], timeout: number): Diagnostic[] {
  const hint = "mend the reason; the objects stay applied, and applying again waits again";
  return states
    .filter(({ ready }) => !ready)
    .map(({ object, detail }) =>
      error("cluster/not-ready", `${object} is not ready after ${timeout / 1000} s: ${detail}`, { hint }),
    );
}

async function look(client: ApiClient, object: KubernetesObject): Promise<Readiness> {
  const name = objectName(object);
  const live = await client.get(object);
  if (live === undefined) return { object: name, ready: false, detail: "it is not there" };
  const judge = JUDGES[object.kind];
  if (judge === undefined) return { object: name, ready: true, detail: "it is there" };
  return { object: name, ...(await judge(live, client)) };
}

type Judgement = Omit<Readiness, "object">;

/** How to tell for each kind that has a state whether it is ready. */
const JUDGES: Readonly<
  Record<string, (live: LiveObject, client: ApiClient) => Judgement | Promise<Judgement>>
> = {
  ClusterSecretStore: readyCondition,
  ExternalSecret: synced,
  DaemonSet: rollout,
  Application: application,
};

const conditions = z.object({
  conditions: z
    .array(
      z.object({
        type: z.string(),
        status: z.string(),
        reason: z.string().optional(),
        message: z.string().optional(),
      }),
    )
    .default([]),
});

/** The condition Ready that the controllers of External Secrets keep. */
export function readyCondition(live: LiveObject): Judgement {
  const known = conditions.safeParse(live["status"]).data?.conditions ?? [];
  const ready = known.find(({ type }) => type === "Ready");
  if (ready === undefined) {
    return { ready: false, detail: "nothing is said of it yet: does the External Secrets controller run?" };
  }
  const { status, reason, message } = ready;
  const detail = [reason, message].filter((part) => part !== undefined && part !== "").join(": ");
  return { ready: status === "True", detail: detail === "" ? `Ready is ${status}` : detail };
}

/** The controller notes `GENERATION-HASH` of what it last made the Secret from: until then the condition is of before. */
export function synced(live: LiveObject): Judgement {
  const judged = readyCondition(live);
  const { syncedResourceVersion } = (live["status"] ?? {}) as { syncedResourceVersion?: string };
  const { generation } = live.metadata;
  if (!judged.ready || generation === undefined || syncedResourceVersion === undefined) return judged;
  if (syncedResourceVersion.startsWith(`${generation}-`)) return judged;
  return { ready: false, detail: "its newest version is not in the Secret yet" };
}

const daemonSetStatus = z.object({
  observedGeneration: z.number().default(0),
  desiredNumberScheduled: z.number().default(0),
  updatedNumberScheduled: z.number().default(0),
  numberReady: z.number().default(0),
});

/** As `kubectl rollout status` has it: every node's pod is of the newest template, and ready. */
async function rollout(live: LiveObject, client: ApiClient): Promise<Judgement> {
  const status = daemonSetStatus.parse(live["status"] ?? {});
  const { desiredNumberScheduled: desired, updatedNumberScheduled: updated, numberReady } = status;
  if (status.observedGeneration < (live.metadata.generation ?? 0))
    return { ready: false, detail: "the newest version is not taken up yet" };
  if (updated < desired)
    return { ready: false, detail: `${updated} of ${desired} pods are new${await troubles(live, client)}` };
  if (numberReady < desired)
    return {
      ready: false,
      detail: `${numberReady} of ${desired} pods are ready${await troubles(live, client)}`,
    };
  return { ready: true, detail: desired === 0 ? "no node wants a pod" : `all ${desired} pods are ready` };
}

const container = z.object({
  name: z.string(),
  ready: z.boolean().default(false),
  state: z
    .object({
      waiting: z.object({ reason: z.string().default(""), message: z.string().default("") }).optional(),
    })
    .default({}),
  lastState: z
    .object({ terminated: z.object({ reason: z.string().default(""), exitCode: z.number() }).optional() })
    .default({}),
});

const podStatus = z.object({
  containerStatuses: z.array(container).default([]),
  conditions: conditions.shape.conditions,
});

/** What the pods of a DaemonSet wait for, each reason once. */
async function troubles({ metadata, ...live }: LiveObject, client: ApiClient): Promise<string> {
  const pods = await client.resourceOf({ apiVersion: "v1", kind: "Pod" });
  if (pods === undefined || metadata.namespace === undefined) return "";
  const { selector } = live["spec"] as { selector: { matchLabels: Record<string, string> } };
  const found = await client.list(pods, { namespace: metadata.namespace, labels: selector.matchLabels });
  const reasons = new Map<string, number>();
  for (const pod of found) {
    const reason = troubleOf(pod);
    if (reason !== undefined) reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  }
  const told = [...reasons].map(([reason, count]) => (count === 1 ? reason : `${reason} (${count} pods)`));
  return told.length === 0 ? "" : `; ${told.join("; ")}`;
}

/** Why one pod is not ready: what its container waits for, how that last ended, or why no node takes it. */
export function troubleOf(pod: LiveObject): string | undefined {
  const { data: status } = podStatus.safeParse(pod["status"] ?? {});
  for (const { name, ready, state, lastState } of status?.containerStatuses ?? []) {
    if (ready || state.waiting === undefined) continue;
    const { reason, message } = state.waiting;
    const { terminated } = lastState;
    const ended =
      terminated === undefined ? "" : `, which ended with code ${terminated.exitCode} (${terminated.reason})`;
    return `container ${name} waits: ${reason}${message === "" ? "" : `: ${message}`}${ended}`;
  }
  const scheduled = status?.conditions.find(
    ({ type, status: is }) => type === "PodScheduled" && is === "False",
  );
  return scheduled === undefined
    ? undefined
    : `no node takes it: ${scheduled.message ?? scheduled.reason ?? ""}`;
}

const applicationStatus = z.object({
  sync: z.object({ status: z.string() }).default({ status: "Unknown" }),
  health: z.object({ status: z.string(), message: z.string().optional() }).default({ status: "Unknown" }),
});

/** What ArgoCD reports of an Application. */
function application(live: LiveObject): Judgement {
  const { sync, health } = applicationStatus.parse(live["status"] ?? {});
  const detail = `${sync.status}, ${health.status}${health.message === undefined ? "" : `: ${health.message}`}`;
  return { ready: sync.status === "Synced" && health.status === "Healthy", detail };
}

import { ALLOY_VERSION } from "../../../alloy/index.ts";
import type { Cluster } from "../../../manifest/index.ts";
import { NODE_NAME, type ModuleContext } from "../module.ts";
import { HOST_IP, PASSWORD_SECRET } from "../remotes.ts";

/* What an Alloy pod is, whoever makes it: our DaemonSet or the chart's. */

/** Where Alloy keeps how far it has read, and what is still to be sent. */
export const STORAGE = "/var/lib/alloy/data";

/** The tag of Alloy's image. */
export function imageTag({ version }: Cluster): string {
  return `v${version ?? ALLOY_VERSION}`;
}

/** Variables of the Alloy container: the node, and the passwords from the Secret. */
export function environment({ prometheus, loki }: ModuleContext): Record<string, unknown>[] {
  const remotes = [...prometheus, ...loki];
  const field = (name: string, fieldPath: string): Record<string, unknown> => ({
    name,
    valueFrom: { fieldRef: { apiVersion: "v1", fieldPath } },
  });
  return [
    field(NODE_NAME, "spec.nodeName"),
    ...(remotes.some(({ labelProfile }) => labelProfile === "ops") ? [field(HOST_IP, "status.hostIP")] : []),
    ...remotes
      .flatMap(({ password }) => password?.variable ?? [])
      .map((variable) => ({
        name: variable,
        valueFrom: { secretKeyRef: { name: PASSWORD_SECRET, key: variable } },
      })),
  ];
}

/** True when a module reads the node's log files. */
export function readsLogs({ has }: ModuleContext): boolean {
  return has("syslog") || has("pod-logs") || has("block-node");
}

/**
 * The volume for Alloy's own data. With a Loki remote it is on the node, so that a new pod reads on where the old
 * one stopped. Without, nothing that is read arrives anywhere: the first remote shall get what the node still has.
 */
export function storageVolume({ loki }: ModuleContext): Record<string, unknown> {
  return {
    name: "storage",
    ...(loki.length > 0
      ? { hostPath: { path: "/var/lib/grafana-alloy", type: "DirectoryOrCreate" } }
      : { emptyDir: {} }),
  };
}

export function resources({ resources: { cpu, memory } }: Cluster): Record<string, unknown> {
  return { requests: { cpu: "50m", memory: "128Mi" }, limits: { cpu, memory } };
}

/**
 * Root, as log files belong to root and are closed to others, but without a capability: what only root owns can be
 * read, and nothing else of the node is within reach.
 */
export const SECURITY_CONTEXT = {
  runAsUser: 0,
  runAsGroup: 0,
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ["ALL"] },
  seccompProfile: { type: "RuntimeDefault" },
} as const;

/** Every node has logs and metrics, tainted or not. */
export const TOLERATIONS = [{ operator: "Exists" }] as const;

const ready = { path: "/-/ready", port: "http-metrics", scheme: "HTTP" } as const;

/** `/-/healthy` fails when a single component does, such as a remote that is away: a restart would not mend that. */
export const PROBES = {
  readinessProbe: { httpGet: ready, initialDelaySeconds: 10, timeoutSeconds: 1 },
  livenessProbe: {
    httpGet: ready,
    initialDelaySeconds: 60,
    periodSeconds: 30,
    timeoutSeconds: 5,
    failureThreshold: 6,
  },
} as const;

import { hash } from "../names.ts";
import type { ModuleContext } from "../module.ts";
import type { KubernetesObject } from "../object.ts";
import { alloyLabels } from "./labels.ts";
import { ALLOY, CONFIG_KEY, CONFIG_MAP, HTTP_PORT } from "./names.ts";
import {
  environment,
  imageTag,
  PROBES,
  readsLogs,
  resources,
  SECURITY_CONTEXT,
  STORAGE,
  storageVolume,
  TOLERATIONS,
} from "./pod.ts";

/** One Alloy on each node. The hash of its configuration is an annotation of the pods: a change restarts them. */
export function daemonSet(context: ModuleContext, config: string): KubernetesObject {
  const { cluster } = context;
  const labels = alloyLabels(cluster);
  return {
    apiVersion: "apps/v1",
    kind: "DaemonSet",
    metadata: { name: ALLOY, namespace: cluster.namespace, labels },
    spec: {
      selector: { matchLabels: labels },
      updateStrategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 1 } },
      template: {
        metadata: { labels, annotations: { "checksum/config": hash(config) } },
        spec: {
          serviceAccountName: ALLOY,
          tolerations: TOLERATIONS,
          containers: [container(context)],
          volumes: volumes(context),
        },
      },
    },
  };
}

function container(context: ModuleContext): Record<string, unknown> {
  const { cluster } = context;
  return {
    name: "alloy",
    image: `${cluster.image}:${imageTag(cluster)}`,
    args: [
      "run",
      `/etc/alloy/${CONFIG_KEY}`,
      `--storage.path=${STORAGE}`,
      `--server.http.listen-addr=0.0.0.0:${HTTP_PORT}`,
      "--disable-reporting",
    ],
    env: environment(context),
    ports: [{ name: "http-metrics", containerPort: HTTP_PORT, protocol: "TCP" }],
    ...PROBES,
    resources: resources(cluster),
    securityContext: SECURITY_CONTEXT,
    volumeMounts: [
      { name: "config", mountPath: "/etc/alloy", readOnly: true },
      { name: "storage", mountPath: STORAGE },
      { name: "tmp", mountPath: "/tmp" },
      ...(readsLogs(context) ? [{ name: "varlog", mountPath: "/var/log", readOnly: true }] : []),
    ],
  };
}

function volumes(context: ModuleContext): Record<string, unknown>[] {
  return [
    { name: "config", configMap: { name: CONFIG_MAP } },
    storageVolume(context),
    { name: "tmp", emptyDir: {} },
    ...(readsLogs(context) ? [{ name: "varlog", hostPath: { path: "/var/log", type: "Directory" } }] : []),
  ];
}

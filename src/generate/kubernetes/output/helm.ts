import type { ModuleContext } from "../module.ts";
import type { KubernetesObject } from "../object.ts";
import { ALLOY } from "../objects/names.ts";
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
} from "../objects/pod.ts";

/**
 * Values for the grafana/alloy chart. The chart makes the ConfigMap, the DaemonSet and the Service; what is around
 * them are its extra objects, its own broad role is not made.
 */
export function helmValues(
  context: ModuleContext,
  config: string,
  around: readonly KubernetesObject[],
): Record<string, unknown> {
  const { cluster } = context;
  const { registry, repository } = splitImage(cluster.image);
  return {
    fullnameOverride: ALLOY,
    crds: { create: false },
    rbac: { create: false },
    serviceAccount: { create: false, name: ALLOY },
    image: { registry, repository, tag: imageTag(cluster) },
    controller: {
      type: "daemonset",
      tolerations: TOLERATIONS,
      volumes: { extra: [storageVolume(context), { name: "tmp", emptyDir: {} }] },
    },
    alloy: {
      configMap: { content: verbatim(config) },
      enableReporting: false,
      storagePath: STORAGE,
      extraEnv: environment(context),
      mounts: {
        varlog: readsLogs(context),
        extra: [
          { name: "storage", mountPath: STORAGE },
          { name: "tmp", mountPath: "/tmp" },
        ],
      },
      resources: resources(cluster),
      securityContext: SECURITY_CONTEXT,
      livenessProbe: PROBES.livenessProbe,
    },
    extraObjects: around,
  };
}

/** The chart runs the text through Go templates, and `{{` would begin an action. */
function verbatim(config: string): string {
  return config.replaceAll("{{", '{{ "{{" }}');
}

/** `docker.io/grafana/alloy` as the chart wants it; an image without a registry is Docker Hub's. */
function splitImage(image: string): { registry: string; repository: string } {
  const [first = "", ...rest] = image.split("/");
  const isRegistry = rest.length > 0 && /[.:]|^localhost$/.test(first);
  return isRegistry
    ? { registry: first, repository: rest.join("/") }
    : { registry: "docker.io", repository: image };
}

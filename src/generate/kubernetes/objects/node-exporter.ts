import type { Cluster } from "../../../manifest/index.ts";
import type { KubernetesObject } from "../object.ts";
import { TOLERATIONS } from "./pod.ts";

/** Name of the node exporter, its Service (and so the label `job`) and its ServiceMonitor. */
export const NODE_EXPORTER = "node-exporter";

const PORT = 9100;

/** What of the machine the pod sees, below /host. */
const HOST = [
  { name: "proc", path: "/proc" },
  { name: "sys", path: "/sys" },
  { name: "root", path: "/" },
] as const;

/** A node exporter on each node, and the Service through which its ServiceMonitor finds it. */
export function nodeExporterObjects(cluster: Cluster): KubernetesObject[] {
  const { namespace } = cluster;
  const labels = { "app.kubernetes.io/name": NODE_EXPORTER, "app.kubernetes.io/instance": cluster.name };
  return [
    {
      apiVersion: "apps/v1",
      kind: "DaemonSet",
      metadata: { name: NODE_EXPORTER, namespace, labels },
      spec: {
        selector: { matchLabels: labels },
        updateStrategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 1 } },
        template: {
          metadata: { labels },
          spec: {
            automountServiceAccountToken: false,
            // The machine's network interfaces and processes, not the pod's.
            hostNetwork: true,
            hostPID: true,
            tolerations: TOLERATIONS,
            securityContext: { runAsNonRoot: true, runAsUser: 65534, runAsGroup: 65534 },
            containers: [container(cluster)],
            volumes: HOST.map(({ name, path }) => ({ name, hostPath: { path, type: "Directory" } })),
          },
        },
      },
    },
    {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: NODE_EXPORTER, namespace, labels },
      spec: {
        clusterIP: "None",
        selector: labels,
        ports: [{ name: "metrics", port: PORT, targetPort: "metrics", protocol: "TCP" }],
      },
    },
  ];
}

function container({ nodeExporter: { image } }: Cluster): Record<string, unknown> {
  return {
    name: NODE_EXPORTER,
    image,
    args: [
      "--path.procfs=/host/proc",
      "--path.sysfs=/host/sys",
      "--path.rootfs=/host/root",
      "--path.udev.data=/host/root/run/udev/data",
      "--collector.filesystem.mount-points-exclude=^/(dev|proc|sys|run/containerd/.+|var/lib/(containerd|docker|kubelet)/.+)($|/)",
    ],
    ports: [{ name: "metrics", containerPort: PORT, hostPort: PORT, protocol: "TCP" }],
    readinessProbe: { httpGet: { path: "/", port: "metrics", scheme: "HTTP" } },
    resources: { requests: { cpu: "20m", memory: "32Mi" }, limits: { cpu: "250m", memory: "128Mi" } },
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
      seccompProfile: { type: "RuntimeDefault" },
    },
    volumeMounts: HOST.map(({ name }) => ({
      name,
      mountPath: `/host/${name}`,
      readOnly: true,
      // What is mounted on the machine later is seen too.
      mountPropagation: "HostToContainer",
    })),
  };
}

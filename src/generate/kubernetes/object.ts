/** A Kubernetes object, as JSON has it. */
export interface KubernetesObject {
  apiVersion: string;
  kind: string;
  metadata: {
    name: string;
    /** Undefined for objects of the whole cluster. */
    namespace?: string;
    labels?: Readonly<Record<string, string>>;
    annotations?: Readonly<Record<string, string>>;
  };
  [field: string]: unknown;
}

/** `DaemonSet grafana-alloy/alloy`, `ClusterRole alloy`: what tells an object from others in diffs and messages. */
export function objectName({ kind, metadata }: KubernetesObject): string {
  const { name, namespace } = metadata;
  return `${kind} ${namespace === undefined ? "" : `${namespace}/`}${name}`;
}

import type { Cluster } from "../../../manifest/index.ts";
import type { PolicyRule } from "../module.ts";
import type { KubernetesObject } from "../object.ts";
import { ALLOY, CLUSTER_ROLE } from "./names.ts";

/** Alloy's service account, and where its modules read the Kubernetes API what it may read. */
export function access({ namespace }: Cluster, rules: readonly PolicyRule[]): KubernetesObject[] {
  const account: KubernetesObject = {
    apiVersion: "v1",
    kind: "ServiceAccount",
    metadata: { name: ALLOY, namespace },
  };
  if (rules.length === 0) return [account];
  const group = "rbac.authorization.k8s.io";
  return [
    account,
    {
      apiVersion: `${group}/v1`,
      kind: "ClusterRole",
      metadata: { name: CLUSTER_ROLE },
      rules: merge(rules),
    },
    {
      apiVersion: `${group}/v1`,
      kind: "ClusterRoleBinding",
      metadata: { name: CLUSTER_ROLE },
      roleRef: { apiGroup: group, kind: "ClusterRole", name: CLUSTER_ROLE },
      subjects: [{ kind: "ServiceAccount", name: ALLOY, namespace }],
    },
  ];
}

/** One rule for all resources of the same groups and verbs, each resource once. */
function merge(rules: readonly PolicyRule[]): PolicyRule[] {
  const alike = Map.groupBy(rules, ({ apiGroups, verbs }) => JSON.stringify([apiGroups, verbs]));
  return [...alike.values()].flatMap((group) => {
    const [first] = group;
    const resources = [...new Set(group.flatMap((rule) => rule.resources))].sort();
    return first === undefined ? [] : [{ ...first, resources }];
  });
}

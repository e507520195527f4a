import type { Cluster } from "../../../manifest/index.ts";
import { ownerLabels } from "../objects/labels.ts";
import { POD_SECURITY } from "../objects/namespace.ts";
import type { KubernetesObject } from "../object.ts";

/**
 * The ArgoCD Application of the chart with these values. ArgoCD keeps the cluster as it says: what is changed by
 * hand is put back (selfHeal), what is no longer in it is removed (prune).
 */
export function application(cluster: Cluster, values: Readonly<Record<string, unknown>>): KubernetesObject {
  const { argocd, namespace } = cluster;
  return {
    apiVersion: "argoproj.io/v1alpha1",
    kind: "Application",
    metadata: { name: "alloy", namespace: argocd.namespace },
    spec: {
      project: argocd.project,
      source: {
        repoURL: "https://grafana.github.io/helm-charts",
        chart: "alloy",
        targetRevision: argocd.chart,
        helm: { releaseName: "alloy", valuesObject: values },
      },
      destination: { server: "https://kubernetes.default.svc", namespace },
      syncPolicy: {
        automated: { prune: true, selfHeal: true },
        syncOptions: ["CreateNamespace=true", "ServerSideApply=true"],
        managedNamespaceMetadata: { labels: { ...POD_SECURITY, ...ownerLabels(cluster) } },
      },
    },
  };
}

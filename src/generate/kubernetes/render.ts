import { raw } from "../../alloy/index.ts";
import type { Cluster } from "../../manifest/index.ts";
import { compose } from "./compose.ts";
import type { Decision, ModuleContext, ModuleName, Query } from "./module.ts";
import { MODULES } from "./modules/index.ts";
import type { KubernetesObject } from "./object.ts";
import { access } from "./objects/access.ts";
import { configMap } from "./objects/config-map.ts";
import { daemonSet } from "./objects/daemon-set.ts";
import { owned } from "./objects/labels.ts";
import { namespace } from "./objects/namespace.ts";
import { passwordObjects } from "./objects/passwords.ts";
import { service } from "./objects/service.ts";
import { application } from "./output/argocd.ts";
import { helmValues } from "./output/helm.ts";
import { namedRemotes, type PasswordSource } from "./remotes.ts";

/** What a cluster is to have. */
export interface RenderedCluster {
  cluster: Cluster;
  /** The text of config.alloy, as `alloy fmt` prints it. */
  config: string;
  /** Every module, in or not, in the order of config.alloy. */
  modules: readonly RenderedModule[];
  /** Every password that has to be in Vault. */
  passwords: readonly PasswordSource[];
  /** The objects that fleet applies, in the order in which they may be applied. */
  objects: readonly KubernetesObject[];
  /** Values for the grafana/alloy chart; undefined for plain manifests. */
  values: Readonly<Record<string, unknown>> | undefined;
}

export interface RenderedModule extends Decision {
  name: ModuleName;
  /** Queries that return data when the module works; none for a module that is not in. */
  queries: readonly Query[];
}

/** Everything that a cluster is to have. The same cluster gives the same bytes. */
export function renderCluster(cluster: Cluster): RenderedCluster {
  const context = contextOf(cluster);
  const decided = MODULES.map((module) => ({ module, decision: module.decide(context) }));
  const included = decided.filter(({ decision }) => decision.included);
  const config = compose(context, included);
  const passwords = [...context.prometheus, ...context.loki].flatMap(({ password }) => password ?? []);

  const around = [
    ...access(
      cluster,
      included.flatMap(({ module }) => module.rules?.(context) ?? []),
    ),
    ...passwordObjects(cluster, passwords),
    ...included.flatMap(({ module }) => module.objects?.(context) ?? []),
  ].map((object) => owned(cluster, object));
  const agent = [configMap(cluster, config), service(cluster), daemonSet(context, config)];
  const values = cluster.output === "manifests" ? undefined : helmValues(context, config, around);
  return {
    cluster,
    config,
    modules: decided.map(({ module, decision }) => ({
      name: module.name,
      ...decision,
      queries: decision.included ? module.queries(context) : [],
    })),
    passwords,
    objects:
      values === undefined
        ? [namespace(cluster), ...around, ...agent].map((object) => owned(cluster, object))
        : [owned(cluster, application(cluster, values))],
    values,
  };
}

/** What modules are told of a cluster. */
export function contextOf(cluster: Cluster): ModuleContext {
  const prometheus = namedRemotes(cluster, "prometheus");
  const loki = namedRemotes(cluster, "loki");
  return {
    cluster,
    prometheus,
    loki,
    metrics: prometheus.map(({ label }) => raw(`prometheus.remote_write.${label}.receiver`)),
    logs: loki.map(({ label }) => raw(`loki.write.${label}.receiver`)),
    has: (module) => cluster.modules.includes(module),
  };
}

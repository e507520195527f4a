import { call, type Item, type Raw } from "../../alloy/index.ts";
import type { Cluster, ClusterModule, RemoteKind } from "../../manifest/index.ts";
import type { KubernetesObject } from "./object.ts";
import type { NamedRemote } from "./remotes.ts";

/** `remotes` is in where there are remotes; the others are asked for by the manifest. */
export type ModuleName = ClusterModule | "remotes";

/** A part of config.alloy, with what it needs around it. A new one is a file in `modules/` and a row in its index. */
export interface AlloyModule {
  name: ModuleName;
  /** What it is about, in a few words. */
  title: string;
  /** Whether it is in the cluster's configuration, and why or why not. */
  decide(context: ModuleContext): Decision;
  /** Its statements in config.alloy. */
  statements(context: ModuleContext): readonly Item[];
  /** Kubernetes objects that it needs besides those that every cluster has. */
  objects?(context: ModuleContext): readonly KubernetesObject[];
  /** What Alloy's service account may do because of it. */
  rules?(context: ModuleContext): readonly PolicyRule[];
  /** Queries that return data when it works. */
  queries(context: ModuleContext): readonly Query[];
}

export interface Decision {
  included: boolean;
  /** A sentence without its end. */
  why: string;
}

/** A rule of a Kubernetes ClusterRole. */
export interface PolicyRule {
  apiGroups: readonly string[];
  resources: readonly string[];
  verbs: readonly string[];
}

export interface Query {
  language: "promql" | "logql";
  query: string;
  /** What it shows, in a few words. */
  shows: string;
  /** Set where the query may find nothing although all is well: what has to be there first. */
  needs?: string;
}

export interface ModuleContext {
  cluster: Cluster;
  prometheus: readonly NamedRemote[];
  loki: readonly NamedRemote[];
  /** Receivers of metrics: every Prometheus remote. */
  metrics: readonly Raw[];
  /** Receivers of logs: every Loki remote. */
  logs: readonly Raw[];
  has: (module: ClusterModule) => boolean;
}

/** The node that an Alloy pod runs on: what it takes its share by. */
export const NODE_NAME = "NODE_NAME";

/** `sys.env("NODE_NAME")` */
export function nodeName(): Raw {
  return call("sys.env", NODE_NAME);
}

/**
 * A selector of what the cluster sent: its label `cluster`, where a remote of the kind gives one, and more matchers.
 * They are what PromQL and LogQL share.
 */
export function selector(context: ModuleContext, kind: RemoteKind, ...matchers: readonly string[]): string {
  const cluster = context[kind]
    .map(({ labels }) => labels.get("cluster"))
    .find((value) => value !== undefined);
  const own = typeof cluster === "string" ? [`cluster=${JSON.stringify(cluster)}`] : [];
  return `{${[...own, ...matchers].join(", ")}}`;
}

/** The decision of a module that is in where the cluster's modules name it. */
export function whenNamed({ cluster, has }: ModuleContext, module: ClusterModule, means: string): Decision {
  return has(module)
    ? { included: true, why: means }
    : { included: false, why: `not among the modules of ${cluster.name}` };
}

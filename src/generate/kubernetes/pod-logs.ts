import { attribute, blank, block, object, raw, type Item, type Raw } from "../../alloy/index.ts";
import type { PolicyRule } from "./module.ts";

/**
 * The namespace, the pod and the container of /var/log/pods/NAMESPACE_POD_UID/CONTAINER/RESTARTS.log: names of
 * Kubernetes objects hold no underscore.
 */
const PATH = "^/var/log/pods/(?P<namespace>[^_]+)_(?P<pod_name>[^_]+)_[^/]+/(?P<container>[^/]+)/.*\\.log$";

export interface PodLogs {
  /** Label of the components that find and read the files. */
  files: string;
  /** Label of the component that makes labels of the path. */
  labels: string;
  /** Which files below /var/log/pods. */
  glob: string;
  /** Take off the container runtime's prefix, and join lines that it cut apart. */
  cri: boolean;
  logs: readonly Raw[];
}

/** Statements that read pods' log files and label each line with namespace, pod and container. */
export function podLogFiles({ files, labels, glob, cri, logs }: PodLogs): Item[] {
  return [
    block("local.file_match", files, [
      attribute("path_targets", [object([["__path__", `/var/log/pods/${glob}`]])]),
    ]),
    block("loki.source.file", files, [
      attribute("targets", raw(`local.file_match.${files}.targets`)),
      attribute("forward_to", [raw(`loki.process.${labels}.receiver`)]),
    ]),
    block("loki.process", labels, [
      ...(cri ? [block("stage.cri", undefined, [])] : []),
      block("stage.regex", undefined, [attribute("expression", PATH), attribute("source", "filename")]),
      block("stage.labels", undefined, [
        attribute(
          "values",
          object([
            ["namespace", ""],
            ["pod", "pod_name"],
            ["container", ""],
          ]),
        ),
      ]),
      ...(cri ? [forgetFile()] : []),
      blank(),
      attribute("forward_to", logs),
    ]),
  ];
}

/** The path has the pod's uid and its number of restarts: with it each restart would be a stream of its own. */
function forgetFile(): Item {
  return block("stage.label_drop", undefined, [attribute("values", ["filename"])]);
}

/** What reading pods' logs through the API takes, where the files alone do not tell. */
export const POD_LOG_RULES: readonly PolicyRule[] = [
  { apiGroups: [""], resources: ["pods"], verbs: ["get", "list", "watch"] },
  { apiGroups: [""], resources: ["pods/log"], verbs: ["get"] },
];

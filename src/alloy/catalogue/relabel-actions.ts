/** The actions of a relabelling rule, which Prometheus, Promtail and Alloy share. */
export const RELABEL_ACTIONS = [
  "replace",
  "keep",
  "drop",
  "hashmod",
  "labelmap",
  "labeldrop",
  "labelkeep",
  "lowercase",
  "uppercase",
  "keepequal",
  "dropequal",
] as const;

export type RelabelAction = (typeof RELABEL_ACTIONS)[number];

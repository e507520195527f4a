import { z } from "zod";
import {
  boolean,
  decimal,
  names,
  string,
  weakBoolean,
  weakDecimal,
  weakString,
  weakWhole,
  whole,
} from "./stage-values.ts";
import { anyMapping, list, optional } from "./values.ts";
import { Scalar, type Yaml, type YamlPath } from "./yaml.ts";

/** The fields of a stage. A null configuration is an empty one, and promtail overlooks fields it does not know. */
function stage<S extends z.ZodRawShape>(shape: S) {
  return {
    keys: Object.keys(shape),
    type: anyMapping
      .nullable()
      .transform((config) => config ?? {})
      .pipe(z.object(shape)),
  };
}

/** A stage whose configuration is a map or a list without fields of its own. */
function bare<T extends z.ZodType>(type: T) {
  return { keys: undefined, type };
}

const sources = names(string.nullable());
const anything = z.custom<Yaml>(() => true);

const metric = z
  .object({
    type: optional(string),
    description: optional(string),
    source: optional(string),
    prefix: optional(string),
    max_idle_duration: optional(string),
    config: optional(
      z.object({
        match_all: optional(boolean),
        count_entry_bytes: optional(boolean),
        value: optional(string),
        action: optional(string),
        buckets: optional(list(decimal)),
      }),
    ),
  })
  .nullable();
export type Metric = NonNullable<z.output<typeof metric>>;

/** Every stage of promtail by name. */
export const STAGES = {
  cri: stage({
    max_partial_lines: optional(whole),
    max_partial_line_size: optional(whole),
    max_partial_line_size_truncate: optional(boolean),
  }),
  decolorize: bare(anything),
  docker: bare(anything),
  drop: stage({
    drop_counter_reason: optional(weakString),
    source: optional(anything),
    value: optional(weakString),
    expression: optional(weakString),
    older_than: optional(weakString),
    longer_than: optional(weakString),
    separator: optional(weakString),
  }),
  eventlogmessage: stage({
    source: optional(string),
    drop_invalid_labels: optional(boolean),
    overwrite_existing: optional(boolean),
  }),
  geoip: stage({
    db: optional(string),
    source: optional(string),
    db_type: optional(string),
    custom_lookups: optional(names(string)),
  }),
  json: stage({
    expressions: optional(names(string.nullable().transform((expression) => expression ?? ""))),
    source: optional(string),
    drop_malformed: optional(boolean),
  }),
  labelallow: bare(list(string).nullable()),
  labeldrop: bare(list(string).nullable()),
  labels: bare(sources.nullable()),
  limit: stage({
    rate: optional(weakDecimal),
    burst: optional(weakWhole),
    drop: optional(weakBoolean),
    by_label_name: optional(weakString),
    max_distinct_labels: optional(weakWhole),
  }),
  logfmt: stage({
    mapping: optional(names(string.nullable().transform((name) => name ?? ""))),
    source: optional(string),
  }),
  match: stage({
    pipeline_name: optional(string),
    selector: optional(string),
    stages: optional(list(anything)),
    action: optional(string),
    drop_counter_reason: optional(string),
  }),
  metrics: bare(names(metric).nullable()),
  multiline: stage({
    firstline: optional(weakString),
    max_lines: optional(weakWhole),
    max_wait_time: optional(weakString),
  }),
  output: stage({ source: optional(string) }),
  pack: stage({
    labels: optional(z.preprocess((given) => (given instanceof Scalar ? [given] : given), list(weakString))),
    ingest_timestamp: optional(weakBoolean),
  }),
  regex: stage({
    expression: optional(string),
    source: optional(string),
    labels_from_groups: optional(boolean),
  }),
  replace: stage({ expression: optional(string), source: optional(string), replace: optional(string) }),
  sampling: stage({ rate: optional(weakDecimal), drop_counter_reason: optional(weakString) }),
  static_labels: bare(sources.nullable()),
  structured_metadata: bare(sources.nullable()),
  template: stage({ source: optional(string), template: optional(string) }),
  tenant: stage({ label: optional(string), source: optional(string), value: optional(string) }),
  timestamp: stage({
    source: optional(string),
    format: optional(string),
    fallback_formats: optional(list(string)),
    location: optional(string),
    action_on_failure: optional(string),
  }),
} as const;

type Stages = typeof STAGES;
export type StageName = keyof Stages;
export type StageConfig<N extends StageName> = z.output<Stages[N]["type"]>;

/** A stage of a pipeline. `path` is where its configuration stands; `stages` are those inside a match stage. */
export type Stage = {
  [N in StageName]: { name: N; config: StageConfig<N>; path: YamlPath; stages: readonly Stage[] };
}[StageName];

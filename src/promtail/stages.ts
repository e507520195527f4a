import { z } from "zod";
import { error, warning, type Diagnostic } from "../diagnostics/index.ts";
import { issueDiagnostics } from "./issues.ts";
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
import { anyMapping, describe, list, optional } from "./values.ts";
import { Scalar, type Yaml, type YamlPath, type YamlSource } from "./yaml.ts";

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
const STAGES = {
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

/**
 * The stages in `items`, which stand at `path`. A stage that cannot be read is left out and has an error; one of
 * `promtail/stage-shape` means that promtail could not even tell which stage it is.
 */
export function readStages(
  items: readonly Yaml[],
  path: YamlPath,
  source: YamlSource,
): { stages: Stage[]; diagnostics: Diagnostic[] } {
  const stages: Stage[] = [];
  const diagnostics: Diagnostic[] = [];
  for (const [at, item] of items.entries()) {
    const read = readStage(item, [...path, at], source);
    diagnostics.push(...read.diagnostics);
    if (read.stage !== undefined) stages.push(read.stage);
  }
  return { stages, diagnostics };
}

function readStage(
  item: Yaml,
  path: YamlPath,
  source: YamlSource,
): { stage?: Stage; diagnostics: Diagnostic[] } {
  const entries =
    item === null || item instanceof Scalar || Array.isArray(item)
      ? []
      : Object.entries(item as Readonly<Record<string, Yaml>>);
  const [entry, another] = entries;
  if (entry === undefined || another !== undefined) {
    const found =
      another === undefined ? describe(item) : `one with ${entries.map(([key]) => key).join(" and ")}`;
    const message = `a stage is a mapping with one key, found ${entry === undefined && item !== null && describe(item) === "a mapping" ? "an empty one" : found}`;
    const hint = item instanceof Scalar ? `write "- ${item.text}: {}"` : "give each stage an item of its own";
    return { diagnostics: [error("promtail/stage-shape", message, { span: source.span(path), hint })] };
  }
  const [name, config] = entry;
  const here = [...path, name];
  if (!Object.hasOwn(STAGES, name)) {
    return {
      diagnostics: [
        error("promtail/unknown-stage", `there is no stage ${JSON.stringify(name)}`, {
          span: source.keySpan(here),
          hint: `promtail's stages are ${Object.keys(STAGES).join(", ")}`,
        }),
      ],
    };
  }
  const known: { type: z.ZodType; keys: readonly string[] | undefined } = STAGES[name as StageName];
  const parsed = known.type.safeParse(config);
  if (!parsed.success) {
    return { diagnostics: issueDiagnostics(parsed.error.issues, here, source, "promtail/stage") };
  }
  const diagnostics = unknownFields(config, known.keys, here, source);
  const inner = name === "match" ? (parsed.data as StageConfig<"match">).stages : undefined;
  const nested = readStages(inner ?? [], [...here, "stages"], source);
  diagnostics.push(...nested.diagnostics);
  // The name chose the schema, which the type system cannot follow through an index.
  const stage = { name, config: parsed.data, path: here, stages: nested.stages } as unknown as Stage;
  return { stage, diagnostics };
}

function unknownFields(
  config: Yaml,
  keys: readonly string[] | undefined,
  path: YamlPath,
  source: YamlSource,
): Diagnostic[] {
  if (keys === undefined || config === null || config instanceof Scalar || Array.isArray(config)) return [];
  return Object.keys(config)
    .filter((key) => !keys.includes(key))
    .map((key) =>
      warning(
        "promtail/unknown-stage-field",
        `the stage ${String(path.at(-1))} has no field ${JSON.stringify(key)}; it is overlooked`,
        {
          span: source.keySpan([...path, key]),
          hint: `it has ${keys.join(", ")}`,
        },
      ),
    );
}

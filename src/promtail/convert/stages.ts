import { attribute, block, type Item } from "../../alloy/index.ts";
import type { Stage, StageConfig } from "../stages.ts";
import { templateError } from "../template.ts";
import { formatDuration, formatSize, parseByteSize, parseDuration } from "../units.ts";
import { describe } from "../values.ts";
import { Scalar } from "../yaml.ts";
import type { Conversion } from "./conversion.ts";
import { put, putGiven, sorted } from "./items.ts";
import { metricsBody } from "./metrics.ts";

/** The `stage.*` blocks of a pipeline. Stages that the converter refuses are left out. */
export function stageItems(stages: readonly Stage[], conversion: Conversion): Item[] {
  return stages.flatMap((stage) => {
    const body = stageBody(stage, conversion);
    return body === undefined
      ? []
      : [block(`stage.${ALLOY_NAMES[stage.name] ?? stage.name}`, undefined, body)];
  });
}

const ALLOY_NAMES: Partial<Record<Stage["name"], string>> = {
  labelallow: "label_keep",
  labeldrop: "label_drop",
};

/** What stands in a stage's block; undefined when the stage is refused. */
function stageBody(stage: Stage, conversion: Conversion): Item[] | undefined {
  switch (stage.name) {
    case "cri":
      return criBody(stage.config);
    case "decolorize":
    case "docker":
      return [];
    case "drop":
      return dropBody(stage, stage.config, conversion);
    case "eventlogmessage":
      return [
        ...put("source", stage.config.source ?? "message", "message"),
        ...put("drop_invalid_labels", stage.config.drop_invalid_labels ?? false, false),
        ...put("overwrite_existing", stage.config.overwrite_existing ?? false, false),
      ];
    case "geoip":
      return geoipBody(stage, stage.config, conversion);
    case "json":
      return [
        ...optionalMap("expressions", stage.config.expressions),
        ...putGiven("source", stage.config.source),
        ...put("drop_malformed", stage.config.drop_malformed ?? false, false),
      ];
    case "labelallow":
    case "labeldrop":
      return put("values", stage.config ?? []);
    case "labels":
    case "static_labels":
    case "structured_metadata":
      return put("values", sorted(stage.config ?? {}));
    case "limit":
      return [
        ...put("rate", stage.config.rate ?? 0),
        ...put("burst", stage.config.burst ?? 0n),
        ...put("drop", stage.config.drop ?? false, false),
        ...put("by_label_name", stage.config.by_label_name ?? "", ""),
        ...put("max_distinct_labels", stage.config.max_distinct_labels ?? 0n, 0n),
      ];
    case "logfmt":
      return [
        ...optionalMap("mapping", stage.config.mapping),
        ...put("source", stage.config.source ?? "", ""),
      ];
    case "match":
      return [
        ...put("selector", stage.config.selector ?? ""),
        ...stageItems(stage.stages, conversion),
        ...put("action", stage.config.action ?? "", ""),
        ...put("pipeline_name", stage.config.pipeline_name ?? "", ""),
        ...put("drop_counter_reason", stage.config.drop_counter_reason ?? "", ""),
      ];
    case "metrics":
      return metricsBody(stage, stage.config, conversion);
    case "multiline":
      return multilineBody(stage, stage.config, conversion);
    case "output":
      return put("source", stage.config.source ?? "");
    case "pack":
      return packBody(stage, stage.config, conversion);
    case "regex":
      return regexBody(stage, stage.config, conversion);
    case "replace":
      return [
        ...put("expression", stage.config.expression ?? ""),
        ...put("source", stage.config.source ?? "", ""),
        ...put("replace", stage.config.replace ?? "", ""),
      ];
    case "sampling":
      return [
        ...put("drop_counter_reason", stage.config.drop_counter_reason ?? "sampling_stage", "sampling_stage"),
        ...put("rate", stage.config.rate ?? 0),
      ];
    case "template":
      return templateBody(stage, stage.config, conversion);
    case "tenant":
      return [
        ...put("label", stage.config.label ?? "", ""),
        ...put("source", stage.config.source ?? "", ""),
        ...put("value", stage.config.value ?? "", ""),
      ];
    case "timestamp":
      return timestampBody(stage, stage.config, conversion);
    default:
      throw new RangeError(`no conversion for ${JSON.stringify(stage satisfies never)}`);
  }
}

function optionalMap(name: string, map: Readonly<Record<string, string>> | undefined): Item[] {
  return putGiven(name, map && sorted(map));
}

function criBody(config: StageConfig<"cri">): Item[] {
  return [
    // Promtail takes 0 for its default.
    ...put("max_partial_lines", config.max_partial_lines || 100n, 100n),
    ...put("max_partial_line_size", config.max_partial_line_size ?? 0n, 0n),
    ...put("max_partial_line_size_truncate", config.max_partial_line_size_truncate ?? false, false),
  ];
}

function dropBody(stage: Stage, config: StageConfig<"drop">, conversion: Conversion): Item[] | undefined {
  const refuse = (field: string, message: string, hint: string): void =>
    conversion.refuse("promtail/stage", [...stage.path, field], message, hint);
  const source = dropSource(config.source);
  if (source === undefined) {
    refuse(
      "source",
      `source: expected text or a list of texts, found ${describe(config.source)}`,
      "quote numbers",
    );
    return undefined;
  }
  if (!Array.isArray(config.source) && source.includes(","))
    conversion.warn(
      "promtail/changed",
      [...stage.path, "source"],
      `source: promtail looks for one name, ${JSON.stringify(source)}; Alloy for several between the commas`,
      "write a list of names, if that is what is meant",
    );
  const olderThan = parseDuration(config.older_than ?? "0");
  if (olderThan === undefined) {
    refuse(
      "older_than",
      `older_than: ${JSON.stringify(config.older_than)} is no duration`,
      "write days as hours: 24h",
    );
    return undefined;
  }
  const longerThan = parseByteSize(config.longer_than ?? "0");
  if (longerThan === undefined) {
    refuse(
      "longer_than",
      `longer_than: ${JSON.stringify(config.longer_than)} is no size`,
      "write 8KB or 8192",
    );
    return undefined;
  }
  return [
    ...put("drop_counter_reason", config.drop_counter_reason ?? "", ""),
    ...put("source", source, ""),
    ...put("value", config.value ?? "", ""),
    ...put("separator", config.separator ?? "", ""),
    // To Promtail an empty value is one, to Alloy it is none.
    ...(config.value === "" && config.expression === undefined
      ? conversion.correct("promtail/changed", [...stage.path, "value"], {
          message: "an empty value counts as none in Alloy, which then drops whatever has the source",
          corrected: [attribute("expression", "^$")],
        })
      : put("expression", config.expression ?? "", "")),
    ...put("older_than", formatDuration(olderThan), "0s"),
    ...put("longer_than", formatSize(longerThan), "0B"),
  ];
}

/** Promtail takes one name or a list of them, Alloy names with commas between. */
function dropSource(source: StageConfig<"drop">["source"]): string | undefined {
  if (source === undefined) return "";
  const names = Array.isArray(source) ? (source as readonly unknown[]) : [source];
  const texts = names.map((name) =>
    name instanceof Scalar && typeof name.value === "string" ? name.text : undefined,
  );
  return texts.includes(undefined) ? undefined : texts.join(",");
}

function geoipBody(stage: Stage, config: StageConfig<"geoip">, conversion: Conversion): Item[] {
  const lookups = config.custom_lookups;
  return [
    ...put("db", config.db ?? ""),
    ...put("source", config.source ?? null),
    ...put("db_type", config.db_type ?? "", ""),
    ...(lookups === undefined
      ? []
      : conversion.correct("promtail/lost", [...stage.path, "custom_lookups"], {
          message: "the stage's custom_lookups are lost",
          corrected: optionalMap("custom_lookups", lookups),
        })),
  ];
}

function multilineBody(stage: Stage, config: StageConfig<"multiline">, conversion: Conversion): Item[] {
  const wait = config.max_wait_time === undefined ? undefined : parseDuration(config.max_wait_time);
  if (wait === undefined && config.max_wait_time !== undefined) {
    conversion.refuse(
      "promtail/stage",
      [...stage.path, "max_wait_time"],
      `max_wait_time: ${JSON.stringify(config.max_wait_time)} is no duration`,
      "write days as hours: 24h",
    );
  }
  return [
    ...put("firstline", config.firstline ?? ""),
    ...(config.max_lines === undefined
      ? conversion.correct("promtail/changed", stage.path, {
          message: "multiline without max_lines gets 0 in place of promtail's 128",
          corrected: [attribute("max_lines", 128)],
          converted: [attribute("max_lines", 0)],
        })
      : put("max_lines", config.max_lines, 128n)),
    ...(config.max_wait_time === undefined
      ? conversion.correct("promtail/changed", stage.path, {
          message:
            "multiline without max_wait_time gets 0s in place of promtail's 3s, which Alloy refuses to start with",
          corrected: [attribute("max_wait_time", "3s")],
          converted: [attribute("max_wait_time", "0s")],
        })
      : put("max_wait_time", formatDuration(wait ?? 0n), "3s")),
    // Before 1.12 Alloy kept them, as promtail does.
    ...(conversion.isBefore("1.12")
      ? []
      : conversion.correct("promtail/changed", stage.path, {
          message:
            "Alloy's multiline cuts carriage returns and line feeds off the end of lines, which promtail keeps",
          corrected: [attribute("trim_newlines", false)],
        })),
  ];
}

function packBody(stage: Stage, config: StageConfig<"pack">, conversion: Conversion): Item[] {
  return [
    ...put("labels", config.labels ?? []),
    ...(config.ingest_timestamp === undefined
      ? conversion.correct("promtail/changed", stage.path, {
          message: "pack without ingest_timestamp gets false in place of promtail's true",
          corrected: [attribute("ingest_timestamp", true)],
          converted: [attribute("ingest_timestamp", false)],
        })
      : put("ingest_timestamp", config.ingest_timestamp, true)),
  ];
}

function regexBody(stage: Stage, config: StageConfig<"regex">, conversion: Conversion): Item[] {
  return [
    ...put("expression", config.expression ?? ""),
    ...putGiven("source", config.source),
    ...(config.labels_from_groups === true
      ? conversion.correct("promtail/lost", [...stage.path, "labels_from_groups"], {
          message: "labels_from_groups is lost: the groups become no labels",
          corrected: [attribute("labels_from_groups", true)],
          since: "1.9",
        })
      : []),
  ];
}

function templateBody(
  stage: Stage,
  config: StageConfig<"template">,
  conversion: Conversion,
): Item[] | undefined {
  const template = config.template ?? "";
  const reason = templateError(template);
  if (reason !== undefined) {
    conversion.refuse(
      "promtail/stage",
      [...stage.path, "template"],
      `template: ${reason}`,
      "correct the template",
    );
    return undefined;
  }
  return [...put("source", config.source ?? ""), ...put("template", template)];
}

function timestampBody(stage: Stage, config: StageConfig<"timestamp">, conversion: Conversion): Item[] {
  return [
    ...put("source", config.source ?? ""),
    ...put("format", config.format ?? ""),
    ...putGiven("fallback_formats", config.fallback_formats),
    ...putGiven("location", config.location),
    ...put("action_on_failure", config.action_on_failure ?? "", ""),
    // Before 1.17 Alloy kept them, as promtail does.
    ...(conversion.isBefore("1.17")
      ? []
      : conversion.correct("promtail/changed", stage.path, {
          message: "Alloy moves repeated timestamps apart by a nanosecond, which promtail does not",
          corrected: [attribute("action_on_duplicate_timestamp", "keep")],
        })),
  ];
}

import { attribute, block, type Item } from "../../alloy/index.ts";
import type { Metric, Stage, StageConfig } from "../stages.ts";
import { formatDuration, parseDuration } from "../units.ts";
import type { Conversion } from "./conversion.ts";
import { put, sorted } from "./items.ts";

/** The metrics of a stage, by name. */
export function metricsBody(
  stage: Stage,
  config: StageConfig<"metrics">,
  conversion: Conversion,
): Item[] | undefined {
  const metrics = [...sorted((config ?? {}) as Record<string, never>).keys()].map(
    (name): Item[] | undefined =>
      metricItems(name, config?.[name] ?? undefined, [...stage.path, name], conversion),
  );
  return metrics.includes(undefined) ? undefined : metrics.flatMap((items) => items ?? []);
}

const METRIC_ACTIONS: Readonly<Record<string, readonly string[]>> = {
  counter: ["inc", "add"],
  gauge: ["set", "inc", "dec", "add", "sub"],
};

function metricItems(
  name: string,
  metric: Metric | undefined,
  path: readonly (string | number)[],
  conversion: Conversion,
): Item[] | undefined {
  const type = (metric?.type ?? "").toLowerCase();
  if (metric === undefined || !["counter", "gauge", "histogram"].includes(type)) {
    const found =
      metric?.type === undefined ? "has no type" : `has the unknown type ${JSON.stringify(metric.type)}`;
    conversion.lose(
      path,
      `the metric ${name} ${found} and vanishes`,
      "the types are Counter, Gauge and Histogram",
    );
    return [];
  }
  const refuse = (message: string): void =>
    conversion.refuse("promtail/stage", path, `metric ${name}: ${message}`, "correct the metric's config");
  const { config } = metric;
  const idle = metric.max_idle_duration === undefined ? undefined : parseDuration(metric.max_idle_duration);
  if (metric.max_idle_duration !== undefined && idle === undefined) {
    refuse(`max_idle_duration ${JSON.stringify(metric.max_idle_duration)} is no duration`);
    return undefined;
  }
  const actions = METRIC_ACTIONS[type];
  if (actions !== undefined) {
    const action = config?.action ?? "";
    if (type === "counter" ? !actions.includes(action) : !actions.includes(action.toLowerCase())) {
      refuse(`the action of a ${type} is one of ${actions.join(", ")}`);
      return undefined;
    }
  }
  if (type === "counter" && config?.match_all === true && config.value !== undefined) {
    refuse("match_all and value exclude each other");
    return undefined;
  }
  if (
    type === "counter" &&
    config?.count_entry_bytes === true &&
    !(config.match_all === true && config.action === "add")
  ) {
    refuse("count_entry_bytes needs match_all and the action add");
    return undefined;
  }
  const specific = {
    counter: () => [
      ...put("action", config?.action ?? ""),
      ...put("match_all", config?.match_all ?? false, false),
      ...put("count_entry_bytes", config?.count_entry_bytes ?? false, false),
    ],
    gauge: () => put("action", config?.action ?? ""),
    histogram: () => put("buckets", config?.buckets ?? []),
  }[type as "counter" | "gauge" | "histogram"];
  return [
    block(`metric.${type}`, undefined, [
      ...put("name", name),
      ...put("description", metric.description ?? "", ""),
      ...put("source", metric.source ?? "", ""),
      ...(metric.prefix === undefined || metric.prefix === ""
        ? conversion.correct("promtail/changed", path, {
            message: `the metric ${name} is renamed: loki_process_custom_${name} in place of promtail_custom_${name}`,
            corrected: [attribute("prefix", "promtail_custom_")],
          })
        : put("prefix", metric.prefix)),
      ...(metric.max_idle_duration === undefined
        ? conversion.correct("promtail/changed", path, {
            message: `the metric ${name} gets max_idle_duration 0s in place of promtail's 5m, which Alloy refuses to start with`,
            corrected: [attribute("max_idle_duration", "5m")],
            converted: [attribute("max_idle_duration", "0s")],
          })
        : put("max_idle_duration", formatDuration(idle ?? 0n), "5m0s")),
      ...put("value", config?.value ?? "", ""),
      ...specific(),
    ]),
  ];
}

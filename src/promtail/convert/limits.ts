import { block, type Item } from "../../alloy/index.ts";
import type { PromtailConfig } from "../config.ts";
import { formatSize } from "../units.ts";
import { put } from "./items.ts";

/** Promtail's limits for all pipelines, as the first stages of each. */
export function limitItems(limits: PromtailConfig["limits_config"]): Item[] {
  const size = limits?.max_line_size ?? 0n;
  return [
    ...(limits?.readline_rate_enabled === true
      ? [
          block("stage.limit", undefined, [
            ...put("rate", limits.readline_rate ?? 10_000),
            ...put("burst", limits.readline_burst ?? 10_000n),
            ...put("drop", limits.readline_rate_drop ?? true, false),
          ]),
        ]
      : []),
    ...(size === 0n
      ? []
      : limits?.max_line_size_truncate === true
        ? [block("stage.truncate", undefined, [block("rule", undefined, put("limit", formatSize(size)))])]
        : [block("stage.drop", undefined, put("longer_than", formatSize(size)))]),
  ];
}

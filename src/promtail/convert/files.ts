import { attribute, block, type Item } from "../../alloy/index.ts";
import type { PromtailConfig } from "../config.ts";
import type { Scrape } from "../scrape.ts";
import { formatDuration } from "../units.ts";
import { positionsFile } from "./conversion.ts";
import { put, putBlock } from "./items.ts";
import type { Wiring } from "./wiring.ts";

/** Adds loki.source.file when the job has targets. */
export function addFiles(config: Scrape, promtail: PromtailConfig, wiring: Wiring): void {
  if (wiring.targets.length === 0) return;
  const forwardTo = wiring.forwardTo();
  const targets = wiring.relabelledTargets();
  const syncPeriod = promtail.target_config?.sync_period ?? 10_000_000_000n;
  wiring.add("loki.source.file", wiring.label, [
    attribute("targets", targets),
    attribute("forward_to", forwardTo),
    ...put("encoding", config.encoding ?? "", ""),
    ...decompressionItems(config),
    ...watchItems(promtail),
    block("file_match", undefined, [
      attribute("enabled", true),
      ...put("sync_period", formatDuration(syncPeriod), "10s"),
    ]),
    ...put("legacy_positions_file", positionsFile(promtail), ""),
  ]);
}

function decompressionItems({ decompression }: Scrape): Item[] {
  if (decompression === undefined) return [];
  return [
    block("decompression", undefined, [
      ...put("enabled", decompression.enabled ?? false),
      ...put("initial_delay", formatDuration(decompression.initial_delay ?? 0n), "0s"),
      ...put("format", decompression.format ?? ""),
    ]),
  ];
}

function watchItems({ global }: PromtailConfig): Item[] {
  const watch = global?.file_watch_config;
  return putBlock("file_watch", [
    ...put("min_poll_frequency", formatDuration(watch?.min_poll_frequency ?? 250_000_000n), "250ms"),
    ...put("max_poll_frequency", formatDuration(watch?.max_poll_frequency ?? 250_000_000n), "250ms"),
  ]);
}

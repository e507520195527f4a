import { attribute, type Item } from "../../../alloy/index.ts";
import { formatDuration } from "../../units.ts";
import { put, sorted } from "../items.ts";
import type { SourceOf } from "./source.ts";

export function cloudflareBody({ config, path, wiring, conversion }: SourceOf<"cloudflare">): Item[] {
  const { faithful } = conversion;
  return [
    ...put("api_token", config.api_token ?? ""),
    ...put("zone_id", config.zone_id ?? ""),
    ...put("labels", sorted(config.labels ?? {})),
    ...put("workers", config.workers ?? (faithful ? 3n : 0n), 3n),
    ...put("pull_range", formatDuration(config.pull_range ?? (faithful ? 60_000_000_000n : 0n)), "1m0s"),
    ...put("fields_type", config.fields_type ?? (faithful ? "default" : ""), "default"),
    ...(config.additional_fields === undefined
      ? []
      : conversion.correct("promtail/lost", [...path, "additional_fields"], {
          message: "additional_fields are lost",
          corrected: [attribute("additional_fields", config.additional_fields)],
        })),
    ...put("forward_to", wiring.relabelled()),
  ];
}

export function windowsEventsBody({ config, wiring }: SourceOf<"windows_events">): Item[] {
  return [
    ...put("locale", config.locale ?? 0n, 0n),
    ...put("eventlog_name", config.eventlog_name ?? "", ""),
    ...put("xpath_query", config.xpath_query ?? "", "*"),
    ...put("poll_interval", formatDuration(config.poll_interval ?? 0n), "3s"),
    ...put("exclude_event_data", config.exclude_event_data ?? false, false),
    ...put("exclude_user_data", config.exclude_user_data ?? false, false),
    ...put("exclude_event_message", config.exclude_event_message ?? false, false),
    ...put("use_incoming_timestamp", config.use_incoming_timestamp ?? false, false),
    ...put("forward_to", wiring.relabelled()),
    ...put("labels", sorted(config.labels ?? {})),
    ...put("legacy_bookmark_path", config.bookmark_path ?? "", ""),
  ];
}

export function gelfBody({ config, path, wiring, conversion }: SourceOf<"gelf">): Item[] {
  if (config.labels !== undefined) {
    conversion.lose([...path, "labels"], "the labels of gelf are lost", "add them with stage.static_labels");
  }
  const forwardTo = wiring.forwardTo();
  return [
    ...put("listen_address", config.listen_address ?? (conversion.faithful ? ":12201" : ""), "0.0.0.0:12201"),
    ...put("use_incoming_timestamp", config.use_incoming_timestamp ?? false, false),
    ...put("relabel_rules", wiring.rules()),
    ...put("forward_to", forwardTo),
  ];
}

import { attribute, block, type Item } from "../../../alloy/index.ts";
import { tlsItems } from "../http-client.ts";
import { put, putBlock, sorted } from "../items.ts";
import type { SourceOf } from "./source.ts";

export function kafkaBody({ config, path, wiring, conversion }: SourceOf<"kafka">): Item[] {
  const { faithful } = conversion;
  const auth = config.authentication;
  const sasl = auth?.sasl_config;
  if (!faithful && config.group_id === undefined) {
    conversion.warn(
      "promtail/changed",
      path,
      "kafka without group_id gets an empty one in place of promtail",
      "write it",
    );
  }
  const forwardTo = wiring.forwardTo();
  return [
    ...put("brokers", config.brokers ?? []),
    ...put("topics", config.topics ?? []),
    ...put("group_id", config.group_id ?? (faithful ? "promtail" : ""), "loki.source.kafka"),
    ...put("assignor", config.assignor ?? (faithful ? "range" : ""), "range"),
    ...put("version", config.version ?? (faithful ? "2.2.1" : ""), "2.2.1"),
    block("authentication", undefined, [
      ...put("type", auth?.type ?? "", ""),
      ...tlsItems(auth?.tls_config),
      ...putBlock("sasl_config", [
        ...put("mechanism", sasl?.mechanism ?? "", ""),
        ...put("user", sasl?.user ?? "", ""),
        ...put("password", sasl?.password ?? "", ""),
        ...put("use_tls", sasl?.use_tls ?? false, false),
        ...tlsItems(sasl),
      ]),
    ]),
    ...put("use_incoming_timestamp", config.use_incoming_timestamp ?? false, false),
    ...put("labels", sorted(config.labels ?? {})),
    ...put("forward_to", forwardTo),
    ...put("relabel_rules", wiring.rules()),
  ];
}

export function azureBody({ config, path, wiring, conversion }: SourceOf<"azure_event_hubs">): Item[] {
  const { faithful } = conversion;
  if (!faithful) {
    conversion.warn(
      "promtail/changed",
      path,
      "azure_event_hubs gets an empty assignor, which Alloy refuses to start with",
      "--faithful leaves it out",
    );
  }
  const forwardTo = wiring.forwardTo();
  return [
    ...put("fully_qualified_namespace", config.fully_qualified_namespace ?? ""),
    ...put("event_hubs", config.event_hubs ?? []),
    block("authentication", undefined, [
      ...put("mechanism", faithful ? "connection_string" : ""),
      ...put("connection_string", config.connection_string ?? "", ""),
    ]),
    ...put("group_id", config.group_id ?? (faithful ? "promtail" : ""), "loki.source.azure_event_hubs"),
    ...put("use_incoming_timestamp", config.use_incoming_timestamp ?? false, false),
    ...put("disallow_custom_messages", config.disallow_custom_messages ?? false, false),
    ...put("relabel_rules", wiring.rules()),
    ...put("labels", sorted(config.labels ?? {})),
    ...(faithful ? [] : [attribute("assignor", "")]),
    ...put("forward_to", forwardTo),
  ];
}

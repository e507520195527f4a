import { attribute, block, type Item } from "../../../alloy/index.ts";
import { formatDuration } from "../../units.ts";
import { tlsItems } from "../http-client.ts";
import { put, sorted } from "../items.ts";
import type { SourceOf } from "./source.ts";

export function syslogBody({ config, path, wiring, conversion }: SourceOf<"syslog">): Item[] | undefined {
  const format =
    config.syslog_format === undefined || config.syslog_format === "" ? "rfc5424" : config.syslog_format;
  if (!["rfc3164", "rfc5424", "raw"].includes(format)) {
    conversion.refuse(
      "promtail/wrong-value",
      [...path, "syslog_format"],
      `there is no syslog format ${JSON.stringify(format)}`,
      "the formats are rfc5424, rfc3164 and raw",
    );
    return undefined;
  }
  const { faithful } = conversion;
  const cisco = config.rfc3164_cisco_components;
  if (!faithful && config.listen_protocol === undefined) {
    conversion.warn(
      "promtail/changed",
      path,
      "syslog without listen_protocol gets no protocol in place of promtail's tcp, which Alloy refuses to start with",
      '--faithful leaves the attribute out, which means "tcp"',
    );
  }
  const listener = [
    ...put("address", config.listen_address ?? ""),
    ...put("protocol", config.listen_protocol ?? (faithful ? "tcp" : ""), "tcp"),
    ...put("idle_timeout", formatDuration(config.idle_timeout ?? (faithful ? 120_000_000_000n : 0n)), "2m0s"),
    ...put("label_structured_data", config.label_structured_data ?? false, false),
    ...put("labels", sorted(config.labels ?? {})),
    ...put("use_incoming_timestamp", config.use_incoming_timestamp ?? false, false),
    ...put("use_rfc5424_message", config.use_rfc5424_message ?? false, false),
    ...put("max_message_length", config.max_message_length ?? (faithful ? 8192n : 0n), 8192n),
    ...tlsItems(config.tls_config),
    ...put("syslog_format", format, "rfc5424"),
    ...(config.raw_format_options === undefined
      ? []
      : [
          block("raw_format_options", undefined, [
            ...put(
              "use_null_terminator_delimiter",
              config.raw_format_options.use_null_terminator_delimiter ?? false,
              false,
            ),
          ]),
        ]),
    ...(cisco === undefined
      ? []
      : [
          block("rfc3164_cisco_components", undefined, [
            ...put("enable_all", cisco.enable_all ?? false, false),
            ...put("message_counter", cisco.message_counter ?? false, false),
            ...put("sequence_number", cisco.sequence_number ?? false, false),
            ...put("hostname", cisco.hostname ?? false, false),
            ...put("second_fractions", cisco.second_fractions ?? false, false),
          ]),
        ]),
    ...(faithful ? [] : [attribute("udp_queue_size", 0), attribute("udp_host_cache_size", 0)]),
  ];
  const forwardTo = wiring.forwardTo();
  return [
    block("listener", undefined, listener),
    ...put("forward_to", forwardTo),
    ...put("relabel_rules", wiring.rules()),
  ];
}

import { attribute, block, raw, type Item, type Value } from "../../alloy/index.ts";
import type { Scrape } from "../scrape.ts";
import type { ServerSettings } from "../targets.ts";
import { formatDuration, formatSize, parseDuration } from "../units.ts";
import type { YamlPath } from "../yaml.ts";
import type { Conversion } from "./conversion.ts";
import { tlsItems } from "./http-client.ts";
import { put, putBlock, sorted } from "./items.ts";

/** What a source is connected to: made when it is first asked for, because its component then comes next. */
export interface Wiring {
  forwardTo: () => readonly Value[];
  /** The rules of discovery.relabel, null without relabel_configs. */
  rules: () => Value;
  /** Where a source without relabel_rules sends to: loki.relabel, or as `forwardTo`. */
  relabelled: () => readonly Value[];
}

interface SourceOf<T> {
  config: T;
  path: YamlPath;
  wiring: Wiring;
  conversion: Conversion;
}

type Body<K extends keyof Scrape> = (source: SourceOf<NonNullable<Scrape[K]>>) => Item[] | undefined;

interface Source<K extends keyof Scrape = keyof Scrape> {
  key: K;
  component: string;
  body: Body<K>;
}

function source<K extends keyof Scrape>(key: K, component: string, body: Body<K>): Source {
  return { key, component, body: body as Body<keyof Scrape> };
}

/** The sources that produce entries themselves, in the order in which the converter takes them. */
export const SOURCES: readonly Source[] = [
  source("cloudflare", "loki.source.cloudflare", cloudflareBody),
  source("journal", "loki.source.journal", journalBody),
  source("loki_push_api", "loki.source.api", pushApiBody),
  source("syslog", "loki.source.syslog", syslogBody),
  source("gcplog", "loki.source.gcplog", gcplogBody),
  source("windows_events", "loki.source.windowsevent", windowsEventsBody),
  source("kafka", "loki.source.kafka", kafkaBody),
  source("azure_event_hubs", "loki.source.azure_event_hubs", azureBody),
  source("gelf", "loki.source.gelf", gelfBody),
  source("heroku_drain", "loki.source.heroku", herokuBody),
];

const DEFAULT_MAX_AGE = 25_200_000_000_000n;

/** `legacy_position` and the job label are the job's business, see job.ts. */
function journalBody({ config, path, wiring, conversion }: SourceOf<NonNullable<Scrape["journal"]>>): Item[] {
  const maxAge =
    config.max_age === undefined || config.max_age === "" ? DEFAULT_MAX_AGE : parseDuration(config.max_age);
  if (maxAge === undefined) {
    conversion.refuse(
      "promtail/wrong-value",
      [...path, "max_age"],
      `max_age: ${JSON.stringify(config.max_age)} is no duration`,
      "write days as hours: 24h",
    );
  }
  const forwardTo = wiring.forwardTo();
  return [
    ...put("format_as_json", config.json ?? false, false),
    ...put("max_age", formatDuration(maxAge ?? DEFAULT_MAX_AGE), "7h0m0s"),
    ...put("path", config.path ?? "", ""),
    ...put("relabel_rules", wiring.rules()),
    ...(config.matches === undefined || config.matches === ""
      ? []
      : conversion.correct(
          "promtail/lost",
          [...path, "matches"],
          "the journal's matches are lost: every entry is read",
          [attribute("matches", config.matches)],
        )),
    ...put("forward_to", forwardTo),
    ...put("labels", sorted(config.labels ?? {})),
  ];
}

function cloudflareBody({
  config,
  path,
  wiring,
  conversion,
}: SourceOf<NonNullable<Scrape["cloudflare"]>>): Item[] {
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
      : conversion.correct("promtail/lost", [...path, "additional_fields"], "additional_fields are lost", [
          attribute("additional_fields", config.additional_fields),
        ])),
    ...put("forward_to", wiring.relabelled()),
  ];
}

function syslogBody({
  config,
  path,
  wiring,
  conversion,
}: SourceOf<NonNullable<Scrape["syslog"]>>): Item[] | undefined {
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

/** The server blocks of a source that listens. What is not set is zero, not Alloy's default. */
function serverItems(server: ServerSettings): Item[] {
  const nanoseconds = (value: bigint | undefined): string => formatDuration(value ?? 0n);
  const tls = (config: ServerSettings["http_tls_config"]): Item[] =>
    config?.cert_file === undefined && config?.cert === undefined
      ? []
      : putBlock("tls", [
          ...put("cert_pem", config.cert ?? "", ""),
          ...put("key_pem", config.key ?? "", ""),
          ...put("cert_file", config.cert_file ?? "", ""),
          ...put("key_file", config.key_file ?? "", ""),
          ...put("client_auth_type", config.client_auth_type ?? "", ""),
          ...put("client_ca_file", config.client_ca_file ?? "", ""),
          ...put("client_ca", config.client_ca ?? "", ""),
        ]);
  return [
    block("http", undefined, [
      ...put("listen_address", server.http_listen_address ?? "", ""),
      ...put("listen_port", server.http_listen_port ?? 0n, 0n),
      ...put("conn_limit", server.http_listen_conn_limit ?? 0n, 0n),
      ...put("server_read_timeout", nanoseconds(server.http_server_read_timeout), "0s"),
      ...put("server_write_timeout", nanoseconds(server.http_server_write_timeout), "0s"),
      ...put("server_idle_timeout", nanoseconds(server.http_server_idle_timeout), "0s"),
      ...tls(server.http_tls_config),
    ]),
    block("grpc", undefined, [
      ...put("listen_address", server.grpc_listen_address ?? "", ""),
      ...put("listen_port", server.grpc_listen_port ?? 0n, 0n),
      ...put("conn_limit", server.grpc_listen_conn_limit ?? 0n, 0n),
      ...put("max_connection_age", nanoseconds(server.grpc_server_max_connection_age), "0s"),
      ...put("max_connection_age_grace", nanoseconds(server.grpc_server_max_connection_age_grace), "0s"),
      ...put("max_connection_idle", nanoseconds(server.grpc_server_max_connection_idle), "0s"),
      ...put("server_max_recv_msg_size", server.grpc_server_max_recv_msg_size ?? 0n, 0n),
      ...put("server_max_send_msg_size", server.grpc_server_max_send_msg_size ?? 0n, 0n),
      ...put("server_max_concurrent_streams", server.grpc_server_max_concurrent_streams ?? 0n, 0n),
      ...tls(server.grpc_tls_config),
    ]),
    ...put("graceful_shutdown_timeout", nanoseconds(server.graceful_shutdown_timeout)),
  ];
}

/** Settings of a listening source's server that Alloy has nothing for. */
const UNSUPPORTED_SERVER = [
  "http_listen_network",
  "grpc_listen_network",
  "tls_cipher_suites",
  "tls_min_version",
  "register_instrumentation",
  "graceful_shutdown_timeout",
  "grpc_server_keepalive_time",
  "grpc_server_keepalive_timeout",
  "grpc_server_min_time_between_pings",
  "grpc_server_ping_without_stream_allowed",
  "log_format",
  "log_level",
  "log_source_ips_enabled",
  "log_source_ips_header",
  "log_source_ips_regex",
  "log_request_at_info_level_enabled",
  "http_path_prefix",
] as const satisfies readonly (keyof ServerSettings)[];

function refuseUnsupported(server: Partial<ServerSettings>, path: YamlPath, conversion: Conversion): void {
  for (const key of UNSUPPORTED_SERVER) {
    const value = server[key];
    if (value === undefined || value === false || value === "" || value === 0n) continue;
    conversion.refuse(
      "promtail/unsupported",
      [...path, "server", key],
      `server.${key} is not supported`,
      "remove it",
    );
  }
}

const NO_SERVER = {} as ServerSettings;

function pushApiBody({
  config,
  path,
  wiring,
  conversion,
}: SourceOf<NonNullable<Scrape["loki_push_api"]>>): Item[] {
  refuseUnsupported(config.server ?? {}, path, conversion);
  const forwardTo = wiring.forwardTo();
  return [
    ...serverItems(config.server ?? NO_SERVER),
    ...put("forward_to", forwardTo),
    ...put("labels", sorted(config.labels ?? {})),
    ...put("relabel_rules", wiring.rules()),
    ...put("use_incoming_timestamp", config.use_incoming_timestamp ?? false, false),
    ...put("max_send_message_size", formatSize(config.max_send_msg_size ?? 0n), "100MiB"),
  ];
}

function herokuBody({ config, wiring }: SourceOf<NonNullable<Scrape["heroku_drain"]>>): Item[] {
  const forwardTo = wiring.forwardTo();
  return [
    ...serverItems(config.server ?? NO_SERVER),
    ...put("labels", sorted(config.labels ?? {})),
    ...put("use_incoming_timestamp", config.use_incoming_timestamp ?? false, false),
    ...put("forward_to", forwardTo),
    ...put("relabel_rules", wiring.rules()),
  ];
}

function gcplogBody({ config, path, wiring, conversion }: SourceOf<NonNullable<Scrape["gcplog"]>>): Item[] {
  const common = [
    ...put("labels", sorted(config.labels ?? {})),
    ...put("use_incoming_timestamp", config.use_incoming_timestamp ?? false, false),
    ...put("use_full_line", config.use_full_line ?? false, false),
  ];
  const target = (): Item[] => {
    switch (config.subscription_type ?? "") {
      case "":
      case "pull":
        return [
          block("pull", undefined, [
            ...put("project_id", config.project_id ?? ""),
            ...put("subscription", config.subscription ?? ""),
            ...common,
          ]),
        ];
      case "push":
        refuseUnsupported(config.server ?? {}, path, conversion);
        return [
          block("push", undefined, [
            ...serverItems(config.server ?? NO_SERVER),
            ...put("push_timeout", formatDuration(config.push_timeout ?? 0n), "0s"),
            ...common,
          ]),
        ];
      default:
        conversion.refuse(
          "promtail/wrong-value",
          [...path, "subscription_type"],
          `there is no subscription type ${JSON.stringify(config.subscription_type)}`,
          "write pull or push",
        );
        return [];
    }
  };
  const forwardTo = wiring.forwardTo();
  return [...target(), ...put("forward_to", forwardTo), ...put("relabel_rules", wiring.rules())];
}

function windowsEventsBody({ config, wiring }: SourceOf<NonNullable<Scrape["windows_events"]>>): Item[] {
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

function kafkaBody({ config, path, wiring, conversion }: SourceOf<NonNullable<Scrape["kafka"]>>): Item[] {
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

function azureBody({
  config,
  path,
  wiring,
  conversion,
}: SourceOf<NonNullable<Scrape["azure_event_hubs"]>>): Item[] {
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

function gelfBody({ config, path, wiring, conversion }: SourceOf<NonNullable<Scrape["gelf"]>>): Item[] {
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

/** The reference to an export, as a value. */
export function reference(component: string, label: string, field: string): Value {
  return raw(`${component}.${label}.${field}`);
}

import type { z } from "zod";
import { tls, tlsConfig } from "./http-client.ts";
import {
  duration,
  flag,
  integer,
  labels,
  list,
  mapping,
  optional,
  prometheusDuration,
  text,
} from "./values.ts";

/** The systemd journal. `max_age` stays text: a bad one is not fatal to the converter. */
export const journal = mapping({
  max_age: optional(text),
  json: optional(flag),
  labels: optional(labels),
  path: optional(text),
  matches: optional(text),
});

export const syslog = mapping({
  listen_address: optional(text),
  listen_protocol: optional(text),
  idle_timeout: optional(duration),
  label_structured_data: optional(flag),
  labels: optional(labels),
  use_incoming_timestamp: optional(flag),
  use_rfc5424_message: optional(flag),
  syslog_format: optional(text),
  max_message_length: optional(integer),
  tls_config: optional(tlsConfig),
  raw_format_options: optional(mapping({ use_null_terminator_delimiter: optional(flag) })),
  rfc3164_cisco_components: optional(
    mapping({
      enable_all: optional(flag),
      message_counter: optional(flag),
      sequence_number: optional(flag),
      hostname: optional(flag),
      second_fractions: optional(flag),
    }),
  ),
});

export const gelf = mapping({
  listen_address: optional(text),
  labels: optional(labels),
  use_incoming_timestamp: optional(flag),
});

export const cloudflare = mapping({
  api_token: optional(text),
  zone_id: optional(text),
  labels: optional(labels),
  workers: optional(integer),
  pull_range: optional(prometheusDuration),
  fields_type: optional(text),
  additional_fields: optional(list(text)),
});

export const kafka = mapping({
  labels: optional(labels),
  use_incoming_timestamp: optional(flag),
  brokers: optional(list(text)),
  group_id: optional(text),
  topics: optional(list(text)),
  version: optional(text),
  assignor: optional(text),
  authentication: optional(
    mapping({
      type: optional(text),
      tls_config: optional(tlsConfig),
      sasl_config: optional(
        mapping({
          mechanism: optional(text),
          user: optional(text),
          password: optional(text),
          use_tls: optional(flag),
          ...tls,
        }),
      ),
    }),
  ),
});

export const azureEventHub = mapping({
  labels: optional(labels),
  use_incoming_timestamp: optional(flag),
  fully_qualified_namespace: optional(text),
  event_hubs: optional(list(text)),
  connection_string: optional(text),
  group_id: optional(text),
  disallow_custom_messages: optional(flag),
});

export const windowsEvents = mapping({
  locale: optional(integer),
  eventlog_name: optional(text),
  xpath_query: optional(text),
  use_incoming_timestamp: optional(flag),
  bookmark_path: optional(text),
  poll_interval: optional(duration),
  exclude_event_data: optional(flag),
  exclude_event_message: optional(flag),
  exclude_user_data: optional(flag),
  labels: optional(labels),
});

const serverTls = mapping({
  cert: optional(text),
  key: optional(text),
  client_ca: optional(text),
  cert_file: optional(text),
  key_file: optional(text),
  client_auth_type: optional(text),
  client_ca_file: optional(text),
});

/** The settings of an HTTP and gRPC server, promtail's own or that of a target that listens. */
export const serverSettings = {
  http_listen_network: optional(text),
  http_listen_address: optional(text),
  http_listen_port: optional(integer),
  http_listen_conn_limit: optional(integer),
  grpc_listen_network: optional(text),
  grpc_listen_address: optional(text),
  grpc_listen_port: optional(integer),
  grpc_listen_conn_limit: optional(integer),
  grpc_collect_max_streams_by_conn: optional(flag),
  proxy_protocol_enabled: optional(flag),
  tls_cipher_suites: optional(text),
  tls_min_version: optional(text),
  http_tls_config: optional(serverTls),
  grpc_tls_config: optional(serverTls),
  register_instrumentation: optional(flag),
  report_grpc_codes_in_instrumentation_label_enabled: optional(flag),
  graceful_shutdown_timeout: optional(duration),
  http_server_read_timeout: optional(duration),
  http_server_read_header_timeout: optional(duration),
  http_server_write_timeout: optional(duration),
  http_server_idle_timeout: optional(duration),
  http_log_closed_connections_without_response_enabled: optional(flag),
  grpc_server_max_recv_msg_size: optional(integer),
  grpc_server_max_send_msg_size: optional(integer),
  grpc_server_max_concurrent_streams: optional(integer),
  grpc_server_max_connection_idle: optional(duration),
  grpc_server_max_connection_age: optional(duration),
  grpc_server_max_connection_age_grace: optional(duration),
  grpc_server_keepalive_time: optional(duration),
  grpc_server_keepalive_timeout: optional(duration),
  grpc_server_min_time_between_pings: optional(duration),
  grpc_server_ping_without_stream_allowed: optional(flag),
  grpc_server_num_workers: optional(integer),
  log_format: optional(text),
  log_level: optional(text),
  log_source_ips_enabled: optional(flag),
  log_source_ips_full: optional(flag),
  log_source_ips_header: optional(text),
  log_source_ips_regex: optional(text),
  log_request_headers: optional(flag),
  log_request_at_info_level_enabled: optional(flag),
  log_request_exclude_headers_list: optional(text),
  http_path_prefix: optional(text),
};
const server = mapping(serverSettings);
export type ServerSettings = z.output<typeof server>;

export const pushApi = mapping({
  server: optional(server),
  labels: optional(labels),
  use_incoming_timestamp: optional(flag),
  max_send_msg_size: optional(integer),
});

export const herokuDrain = mapping({
  server: optional(server),
  labels: optional(labels),
  use_incoming_timestamp: optional(flag),
});

export const gcplog = mapping({
  subscription_type: optional(text),
  project_id: optional(text),
  subscription: optional(text),
  labels: optional(labels),
  use_incoming_timestamp: optional(flag),
  use_full_line: optional(flag),
  push_timeout: optional(duration),
  server: optional(server),
});

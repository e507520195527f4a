import { block, type Item } from "../../../alloy/index.ts";
import type { ServerSettings } from "../../targets.ts";
import { formatDuration } from "../../units.ts";
import type { YamlPath } from "../../yaml.ts";
import type { Conversion } from "../conversion.ts";
import { put, putBlock } from "../items.ts";

/** The server blocks of a source that listens. What is not set is zero, not Alloy's default. */
export function serverItems(server: Partial<ServerSettings>): Item[] {
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

/** Refuses the settings of a listening source's server that Alloy has nothing for. */
export function refuseUnsupported(
  server: Partial<ServerSettings>,
  path: YamlPath,
  conversion: Conversion,
): void {
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

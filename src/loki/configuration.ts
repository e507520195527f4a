import { join } from "node:path";
import { stringify } from "yaml";

export interface LokiSettings {
  /** Where Loki keeps its data. */
  directory: string;
  httpPort: number;
  grpcPort: number;
  /** True: each request must name its tenant. */
  multiTenant: boolean;
}

/**
 * The configuration of a Loki for one run on loopback. Two aims: it answers within a second (no ring or
 * scheduler to wait for), and what is asked is exactly what was pushed (nothing added, nothing refused for
 * its age, size or rate).
 */
export function lokiConfiguration({ directory, httpPort, grpcPort, multiTenant }: LokiSettings): string {
  const loopback = "127.0.0.1";
  return stringify({
    auth_enabled: multiTenant,
    server: {
      http_listen_address: loopback,
      http_listen_port: httpPort,
      grpc_listen_address: loopback,
      grpc_listen_port: grpcPort,
      graceful_shutdown_timeout: "1s",
      log_level: "warn",
    },
    common: {
      path_prefix: directory,
      instance_addr: loopback,
      replication_factor: 1,
      ring: { kvstore: { store: "inmemory" } },
      storage: {
        filesystem: {
          chunks_directory: join(directory, "chunks"),
          rules_directory: join(directory, "rules"),
        },
      },
    },
    schema_config: {
      configs: [
        {
          from: "2020-01-01",
          store: "tsdb",
          object_store: "filesystem",
          schema: "v13",
          index: { prefix: "index_", period: "24h" },
        },
      ],
    },
    memberlist: { bind_addr: [loopback], advertise_addr: loopback },
    frontend: { address: loopback },
    // Without this address the querier waits ten seconds for the ring of the query scheduler.
    frontend_worker: { frontend_address: `${loopback}:${grpcPort}`, dns_lookup_duration: "100ms" },
    querier: { query_ingesters_within: "0s" },
    ingester: {
      lifecycler: { min_ready_duration: "0s" },
      wal: { enabled: false },
      // Entries may be older than the newest of their stream by half of this.
      max_chunk_age: "438000h",
    },
    limits_config: {
      discover_service_name: [],
      discover_log_levels: false,
      allow_structured_metadata: true,
      reject_old_samples: false,
      creation_grace_period: "87600h",
      max_line_size: 0,
      ingestion_rate_mb: 1024,
      ingestion_burst_size_mb: 1024,
      per_stream_rate_limit: "1GB",
      per_stream_rate_limit_burst: "1GB",
      max_query_length: "0s",
      split_queries_by_interval: "0s",
      volume_enabled: false,
    },
    analytics: { reporting_enabled: false },
  });
}

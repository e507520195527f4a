import {
  clustering,
  httpClientAttributes,
  httpClientBlocks,
  kubernetesClient,
  labelSelector,
  relabelRules,
} from "./shared.ts";
import {
  blockSpec,
  bool,
  component,
  duration,
  int,
  list,
  map,
  metricsReceiver,
  metricsReceivers,
  number,
  once,
  optional,
  repeated,
  required,
  rules,
  secret,
  size,
  string,
  targets,
  uint,
  type ComponentSpec,
} from "./spec.ts";
import { unixExporter } from "./unix-exporter.ts";

const forwardTo = required(metricsReceivers);

const histogramAttributes = {
  scrape_classic_histograms: optional(bool, "false"),
  scrape_native_histograms: optional(bool, "false"),
  convert_classic_histograms_to_nhcb: optional(bool, "false"),
  native_histogram_bucket_limit: optional(uint, "0"),
  native_histogram_min_bucket_factor: optional(number, "0"),
  honor_metadata: optional(bool, "false"),
  enable_type_and_unit_labels: optional(bool, "false"),
  start_timestamp_zero_ingestion: optional(bool, "false"),
} as const;

const remoteEndpoint = blockSpec(
  {
    url: required(string),
    name: optional(string),
    remote_timeout: optional(duration, '"30s"'),
    headers: optional(map(string)),
    send_exemplars: optional(bool, "true"),
    send_native_histograms: optional(bool, "false"),
    protobuf_message: optional(string),
    round_robin_dns: optional(bool, "false"),
    ...httpClientAttributes,
  },
  {
    ...httpClientBlocks,
    queue_config: once(
      blockSpec({
        capacity: optional(int, "10000"),
        max_shards: optional(int, "50"),
        min_shards: optional(int, "1"),
        max_samples_per_send: optional(int, "2000"),
        batch_send_deadline: optional(duration, '"5s"'),
        min_backoff: optional(duration, '"30ms"'),
        max_backoff: optional(duration, '"5s"'),
        retry_on_http_429: optional(bool, "true"),
        sample_age_limit: optional(duration, '"0s"'),
      }),
    ),
    metadata_config: once(
      blockSpec({
        send: optional(bool, "true"),
        send_interval: optional(duration, '"1m"'),
        max_samples_per_send: optional(int, "2000"),
      }),
    ),
    write_relabel_config: relabelRules,
    sigv4: once(
      blockSpec({
        region: optional(string),
        access_key: optional(string),
        secret_key: optional(secret),
        profile: optional(string),
        role_arn: optional(string),
        external_id: optional(string),
        use_fips_sts_endpoint: optional(bool, "false"),
        service_name: optional(string),
      }),
    ),
    azuread: once(
      blockSpec(
        { cloud: optional(string), scope: optional(string) },
        {
          managed_identity: once(blockSpec({ client_id: required(string) })),
          workload_identity: once(
            blockSpec({
              client_id: required(string),
              tenant_id: required(string),
              token_file_path: optional(string),
            }),
          ),
          oauth: once(
            blockSpec({
              client_id: required(string),
              client_secret: required(secret),
              tenant_id: required(string),
            }),
          ),
          sdk: once(blockSpec({ tenant_id: required(string) })),
        },
      ),
    ),
    google_iam: once(blockSpec({ credentials_file: optional(string) })),
  },
);

const operatorAttributes = {
  forward_to: forwardTo,
  namespaces: optional(list(string)),
  kubernetes_role: optional(string, '"endpoints"'),
  informer_sync_timeout: optional(duration, '"1m"'),
} as const;

const operatorBlocks = {
  client: kubernetesClient,
  selector: labelSelector,
  clustering,
  rule: relabelRules,
  scrape: once(
    blockSpec({
      default_scrape_interval: optional(duration, '"1m"'),
      default_scrape_timeout: optional(duration, '"10s"'),
      default_sample_limit: optional(uint, "0"),
      ...histogramAttributes,
    }),
  ),
} as const;

const operator = component({}, operatorAttributes, operatorBlocks);

/** The components that scrape, change and send metrics. */
export const prometheusComponents: Readonly<Record<string, ComponentSpec>> = {
  "prometheus.scrape": component(
    {},
    {
      targets: required(targets),
      forward_to: forwardTo,
      job_name: optional(string),
      honor_labels: optional(bool, "false"),
      honor_timestamps: optional(bool, "true"),
      track_timestamps_staleness: optional(bool, "false"),
      params: optional(map(list(string))),
      scrape_failure_log_file: optional(string),
      scrape_interval: optional(duration, '"1m"'),
      scrape_timeout: optional(duration, '"10s"'),
      scrape_protocols: optional(list(string)),
      metrics_path: optional(string, '"/metrics"'),
      scheme: optional(string, '"http"'),
      body_size_limit: optional(size, '"0"'),
      sample_limit: optional(uint, "0"),
      target_limit: optional(uint, "0"),
      label_limit: optional(uint, "0"),
      label_name_length_limit: optional(uint, "0"),
      label_value_length_limit: optional(uint, "0"),
      extra_metrics: optional(bool, "false"),
      enable_protobuf_negotiation: optional(bool, "false"),
      metric_name_validation_scheme: optional(string),
      metric_name_escaping_scheme: optional(string),
      scrape_fallback_protocol: optional(string),
      enable_compression: optional(bool, "true"),
      ...histogramAttributes,
      ...httpClientAttributes,
    },
    { ...httpClientBlocks, clustering },
  ),
  "prometheus.remote_write": component(
    { receiver: metricsReceiver },
    { external_labels: optional(map(string)) },
    {
      endpoint: repeated(remoteEndpoint),
      wal: once(
        blockSpec({
          truncate_frequency: optional(duration, '"2h"'),
          min_keepalive_time: optional(duration, '"5m"'),
          max_keepalive_time: optional(duration, '"8h"'),
        }),
      ),
    },
  ),
  "prometheus.relabel": component(
    { receiver: metricsReceiver, rules },
    {
      forward_to: forwardTo,
      max_cache_size: optional(int, "100000"),
      cache_ttl: optional(duration),
    },
    { rule: relabelRules },
  ),
  "prometheus.echo": component({ receiver: metricsReceiver }, { format: optional(string, '"text"') }),
  "prometheus.exporter.self": component({ targets }, {}),
  "prometheus.exporter.unix": component({ targets }, unixExporter.attributes, unixExporter.blocks),
  "prometheus.exporter.cadvisor": component(
    { targets },
    {
      store_container_labels: optional(bool, "true"),
      allowlisted_container_labels: optional(list(string), "[]"),
      env_metadata_allowlist: optional(list(string), "[]"),
      raw_cgroup_prefix_allowlist: optional(list(string), "[]"),
      perf_events_config: optional(string, '""'),
      resctrl_interval: optional(duration, '"0s"'),
      disabled_metrics: optional(list(string)),
      enabled_metrics: optional(list(string), "[]"),
      storage_duration: optional(duration, '"2m"'),
      containerd_host: optional(string, '"/run/containerd/containerd.sock"'),
      containerd_namespace: optional(string, '"k8s.io"'),
      docker_host: optional(string, '"unix:///var/run/docker.sock"'),
      use_docker_tls: optional(bool, "false"),
      docker_tls_cert: optional(string),
      docker_tls_key: optional(string),
      docker_tls_ca: optional(string),
      docker_only: optional(bool, "false"),
      disable_root_cgroup_stats: optional(bool, "false"),
    },
  ),
  "prometheus.operator.podmonitors": operator,
  "prometheus.operator.probes": operator,
  "prometheus.operator.scrapeconfigs": operator,
  "prometheus.operator.servicemonitors": component(
    {},
    { ...operatorAttributes, allow_arbitrary_file_access: optional(bool, "false") },
    operatorBlocks,
  ),
};

import {
  clustering,
  httpClientAttributes,
  httpClientBlocks,
  kubernetesClient,
  labelSelector,
  neededOnce,
  outstanding,
  relabelRules,
  serverAttributes,
  serverBlocks,
  tlsConfig,
} from "./shared.ts";
import {
  blockSpec,
  bool,
  choice,
  component,
  duration,
  int,
  list,
  logsReceiver,
  logsReceivers,
  map,
  needed,
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
import { stages } from "./stages.ts";

const forwardTo = required(logsReceivers);
const relabel = optional(rules);
const labels = optional(map(string), "{}");
const useIncomingTimestamp = optional(bool, "false");

const endpoint = blockSpec(
  {
    url: required(string),
    name: optional(string),
    batch_size: optional(size, '"1MiB"'),
    batch_wait: optional(duration, '"1s"'),
    remote_timeout: optional(duration, '"10s"'),
    headers: optional(map(string)),
    tenant_id: optional(string, '""'),
    min_backoff_period: optional(duration, '"500ms"'),
    max_backoff_period: optional(duration, '"5m"'),
    max_backoff_retries: optional(int, "10"),
    retry_on_http_429: optional(bool, "true"),
    ...httpClientAttributes,
  },
  {
    ...httpClientBlocks,
    queue_config: once(
      blockSpec({
        capacity: optional(size, '"10MiB"'),
        min_shards: optional(int, "1", "1.13"),
        drain_timeout: optional(duration, '"15s"'),
        block_on_overflow: optional(bool, "true", "1.14"),
      }),
    ),
  },
);

/** The components that read, change and send log entries. */
export const lokiComponents: Readonly<Record<string, ComponentSpec>> = {
  "loki.write": component(
    { receiver: logsReceiver },
    { external_labels: optional(map(string), "{}"), max_streams: optional(int, "0") },
    {
      endpoint: repeated(endpoint),
      wal: once(
        blockSpec({
          enabled: optional(bool, "false"),
          max_segment_age: optional(duration, '"1h"'),
          min_read_frequency: optional(duration, '"250ms"'),
          max_read_frequency: optional(duration, '"1s"'),
          drain_timeout: optional(duration, '"15s"'),
        }),
      ),
    },
  ),
  "loki.process": component({ receiver: logsReceiver }, { forward_to: forwardTo }, stages),
  "loki.relabel": component(
    { receiver: logsReceiver, rules },
    { forward_to: forwardTo, max_cache_size: optional(int, "10000") },
    { rule: relabelRules },
  ),
  "loki.echo": component({ receiver: logsReceiver }, {}),
  "loki.enrich": component(
    { receiver: logsReceiver },
    {
      targets: required(targets),
      target_match_label: required(string),
      logs_match_label: optional(string),
      labels_to_copy: optional(list(string)),
      forward_to: forwardTo,
    },
  ),
  "loki.secretfilter": component(
    { receiver: logsReceiver },
    {
      forward_to: forwardTo,
      origin_label: optional(string),
      redact_with: optional(string),
      redact_percent: optional(uint),
      gitleaks_config: optional(string),
      rate: optional(number),
      processing_timeout: optional(duration),
      drop_on_timeout: optional(bool),
      label_timed_out: optional(bool),
      enable_entropy: optional(bool),
      include_generic: optional(bool),
      allowlist: optional(list(string)),
      partial_mask: optional(uint),
      types: optional(list(string)),
    },
  ),
  "loki.source.journal": component(
    {},
    {
      forward_to: forwardTo,
      format_as_json: optional(bool, "false"),
      labels,
      matches: optional(string, '""'),
      max_age: optional(duration, '"7h"'),
      path: optional(string, '""'),
      relabel_rules: relabel,
    },
    { legacy_position: once(blockSpec({ file: required(string), name: required(string) }), "1.11") },
  ),
  "loki.source.file": component(
    {},
    {
      forward_to: forwardTo,
      targets: required(targets),
      encoding: optional(string, '""'),
      legacy_positions_file: optional(string, '""'),
      on_positions_file_error: optional(
        choice(["skip", "restart_from_end", "restart_from_beginning"], "validate"),
        '"restart_from_beginning"',
        "1.12",
      ),
      tail_from_end: optional(bool, "false"),
    },
    {
      decompression: once(
        blockSpec({
          enabled: required(bool),
          format: required(choice(["gz", "z", "bz2"], "validate")),
          initial_delay: optional(duration, '"0s"'),
        }),
      ),
      file_watch: once(
        blockSpec({
          min_poll_frequency: optional(duration, '"250ms"'),
          max_poll_frequency: optional(duration, '"250ms"'),
        }),
      ),
      file_match: once(
        blockSpec({
          enabled: optional(bool, "false"),
          sync_period: optional(duration, '"10s"'),
          ignore_older_than: optional(duration, '"0s"'),
        }),
        "1.12",
      ),
    },
  ),
  "loki.source.kubernetes": component(
    {},
    { forward_to: forwardTo, targets: required(targets) },
    { client: kubernetesClient, clustering },
  ),
  "loki.source.podlogs": component(
    {},
    {
      forward_to: forwardTo,
      preserve_discovered_labels: optional(bool, "false"),
      tail_from_end: optional(bool, "false"),
    },
    {
      client: kubernetesClient,
      selector: labelSelector,
      namespace_selector: labelSelector,
      node_filter: once(blockSpec({ enabled: optional(bool, "false"), node_name: optional(string) })),
      clustering,
    },
  ),
  "loki.source.kubernetes_events": component(
    {},
    {
      forward_to: forwardTo,
      job_name: optional(string, '"loki.source.kubernetes_events"'),
      namespaces: optional(list(string), "[]"),
      log_format: optional(choice(["logfmt", "json"]), '"logfmt"'),
    },
    { client: kubernetesClient, clustering },
  ),
  "loki.source.syslog": component(
    {},
    { forward_to: forwardTo, relabel_rules: relabel },
    {
      listener: needed(
        repeated(
          blockSpec(
            {
              address: required(string),
              protocol: optional(choice(["tcp", "udp"]), '"tcp"'),
              idle_timeout: optional(duration, '"120s"'),
              label_structured_data: optional(bool, "false"),
              labels,
              use_incoming_timestamp: useIncomingTimestamp,
              use_rfc5424_message: optional(bool, "false"),
              rfc3164_default_to_current_year: optional(bool, "false"),
              rfc5424_allow_empty_msg: optional(bool, "false"),
              max_message_length: optional(int, "8192"),
              syslog_format: optional(string, '"rfc5424"'),
              udp_queue_size: optional(int),
              udp_host_cache_size: optional(int),
            },
            {
              tls_config: once(tlsConfig),
              raw_format_options: once(blockSpec({ use_null_terminator_delimiter: optional(bool, "false") })),
              rfc3164_cisco_components: once(
                blockSpec({
                  enable_all: optional(bool, "false"),
                  message_counter: optional(bool, "false"),
                  sequence_number: optional(bool, "false"),
                  hostname: optional(bool, "false"),
                  second_fractions: optional(bool, "false"),
                }),
              ),
            },
          ),
        ),
      ),
    },
  ),
  "loki.source.docker": component(
    {},
    {
      forward_to: forwardTo,
      host: required(string),
      targets: required(targets),
      labels,
      relabel_rules: relabel,
      refresh_interval: optional(duration, '"60s"'),
    },
    { http_client_config: once(blockSpec(httpClientAttributes, httpClientBlocks)) },
  ),
  "loki.source.api": component(
    {},
    {
      forward_to: forwardTo,
      labels,
      relabel_rules: relabel,
      use_incoming_timestamp: useIncomingTimestamp,
      max_send_message_size: optional(size, '"100MiB"'),
      ...serverAttributes,
    },
    serverBlocks,
  ),
  "loki.source.gelf": component(
    {},
    {
      forward_to: forwardTo,
      listen_address: optional(string, '"0.0.0.0:12201"'),
      use_incoming_timestamp: useIncomingTimestamp,
      relabel_rules: relabel,
    },
  ),
  "loki.source.heroku": component(
    {},
    {
      forward_to: forwardTo,
      labels,
      use_incoming_timestamp: useIncomingTimestamp,
      relabel_rules: relabel,
      ...serverAttributes,
    },
    serverBlocks,
  ),
  "loki.source.awsfirehose": component(
    {},
    {
      forward_to: forwardTo,
      access_key: optional(secret),
      use_incoming_timestamp: useIncomingTimestamp,
      relabel_rules: relabel,
      ...serverAttributes,
    },
    serverBlocks,
  ),
  "loki.source.windowsevent": component(
    {},
    {
      forward_to: forwardTo,
      locale: optional(int, "0"),
      eventlog_name: optional(string, '""'),
      xpath_query: optional(string, '"*"'),
      bookmark_path: optional(string, '""'),
      poll_interval: optional(duration, '"3s"'),
      exclude_event_data: optional(bool, "false"),
      exclude_user_data: optional(bool, "false"),
      exclude_event_message: optional(bool, "false"),
      use_incoming_timestamp: useIncomingTimestamp,
      labels,
      legacy_bookmark_path: optional(string, '""'),
    },
  ),
  "loki.source.kafka": component(
    {},
    {
      forward_to: forwardTo,
      brokers: required(list(string)),
      topics: required(list(string)),
      group_id: optional(string, '"loki.source.kafka"'),
      assignor: optional(string, '"range"'),
      version: optional(string, '"2.2.1"'),
      use_incoming_timestamp: useIncomingTimestamp,
      labels,
      relabel_rules: relabel,
    },
    {
      authentication: once(
        blockSpec(
          { type: optional(string, '"none"') },
          {
            tls_config: once(tlsConfig),
            sasl_config: once(
              blockSpec(
                {
                  mechanism: optional(string),
                  user: optional(string),
                  password: optional(secret),
                  use_tls: optional(bool, "false"),
                },
                {
                  tls_config: once(tlsConfig),
                  oauth_config: once(
                    blockSpec({ token_provider: required(string), scopes: required(list(string)) }),
                  ),
                },
              ),
            ),
          },
        ),
      ),
    },
  ),
  "loki.source.azure_event_hubs": component(
    {},
    {
      forward_to: forwardTo,
      fully_qualified_namespace: required(string),
      event_hubs: required(list(string)),
      group_id: optional(string, '"loki.source.azure_event_hubs"'),
      use_incoming_timestamp: useIncomingTimestamp,
      disallow_custom_messages: optional(bool, "false"),
      relabel_rules: relabel,
      labels,
      assignor: optional(string, '"range"'),
    },
    {
      authentication: neededOnce(
        blockSpec({
          mechanism: required(string),
          scopes: optional(list(string)),
          connection_string: optional(secret),
        }),
      ),
    },
  ),
  "loki.source.cloudflare": component(
    {},
    {
      forward_to: forwardTo,
      api_token: required(secret),
      zone_id: required(string),
      labels,
      workers: optional(int, "3"),
      pull_range: optional(duration, '"1m"'),
      fields_type: optional(
        choice(["default", "minimal", "extended", "all", "custom"], "validate"),
        '"default"',
      ),
      additional_fields: optional(list(string)),
    },
  ),
  "loki.source.gcplog": component(
    {},
    { forward_to: forwardTo, relabel_rules: relabel },
    {
      pull: once(
        blockSpec(
          {
            project_id: required(string),
            subscription: required(string),
            labels,
            use_incoming_timestamp: useIncomingTimestamp,
            use_full_line: optional(bool, "false"),
          },
          { limit: outstanding },
        ),
      ),
      push: once(
        blockSpec(
          {
            push_timeout: optional(duration, '"0s"'),
            labels,
            use_incoming_timestamp: useIncomingTimestamp,
            use_full_line: optional(bool, "false"),
            ...serverAttributes,
          },
          serverBlocks,
        ),
      ),
    },
  ),
  "loki.rules.kubernetes": component(
    {},
    {
      address: required(string),
      tenant_id: optional(string),
      use_legacy_routes: optional(bool, "false"),
      sync_interval: optional(duration, '"5m"'),
      loki_namespace_prefix: optional(string, '"alloy"'),
      loki_namespace_separator: optional(string, '"/"'),
      external_labels: optional(map(string)),
      ...httpClientAttributes,
    },
    {
      ...httpClientBlocks,
      extra_query_matchers: once(
        blockSpec(
          {},
          {
            matcher: repeated(
              blockSpec({
                name: required(string),
                value: required(string),
                match_type: required(choice(["=", "!=", "=~", "!~"])),
              }),
            ),
          },
        ),
      ),
      rule_selector: labelSelector,
      rule_namespace_selector: labelSelector,
    },
  ),
};

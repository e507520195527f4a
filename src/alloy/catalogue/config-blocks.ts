import { httpClientAttributes, httpClientBlocks } from "./shared.ts";
import {
  any,
  blockSpec,
  bool,
  choice,
  duration,
  int,
  list,
  logsReceivers,
  map,
  number,
  once,
  optional,
  optionalSecret,
  required,
  secret,
  string,
  type BlockSpec,
} from "./spec.ts";

/** Blocks that configure Alloy itself. Each may stand once; a label is accepted and means nothing. */
export const singletonBlocks: Readonly<Record<string, BlockSpec>> = {
  logging: blockSpec({
    level: optional(choice(["error", "warn", "info", "debug"], "validate"), '"info"'),
    format: optional(choice(["logfmt", "json"], "validate"), '"logfmt"'),
    destination: optional(string),
    write_to: optional(logsReceivers, "[]"),
  }),
  tracing: blockSpec(
    {
      sampling_fraction: optional(number, "0.1"),
      send_traceparent: optional(bool, "false"),
      write_to: optional(list({ kind: "capsule", name: "otelcol.Consumer" }), "[]"),
    },
    {
      sampler: once(
        blockSpec(
          {},
          {
            jaeger_remote: once(
              blockSpec({
                url: optional(string),
                max_operations: optional(int),
                refresh_interval: optional(duration),
              }),
            ),
          },
        ),
      ),
    },
  ),
  livedebugging: blockSpec({ enabled: optional(bool, "false") }),
  http: blockSpec(
    {},
    {
      auth: once(
        blockSpec(
          {},
          {
            basic: once(blockSpec({ username: required(string), password: required(secret) })),
            filter: once(
              blockSpec({
                paths: optional(list(string)),
                authenticate_matching_paths: optional(bool, "true"),
              }),
            ),
          },
        ),
      ),
      tls: once(
        blockSpec(
          {
            cert_pem: optional(string),
            cert_file: optional(string),
            key_pem: optional(secret),
            key_file: optional(string),
            client_ca_pem: optional(string),
            client_ca_file: optional(string),
            client_auth_type: optional(string),
            cipher_suites: optional(list(string)),
            curve_preferences: optional(list(string)),
            min_version: optional(string),
            max_version: optional(string),
          },
          {
            windows_certificate_filter: once(
              blockSpec(
                {},
                {
                  server: once(
                    blockSpec({
                      store: optional(string),
                      system_store: optional(string),
                      issuer_common_names: optional(list(string)),
                      template_id: optional(string),
                      refresh_interval: optional(duration),
                    }),
                  ),
                  client: once(
                    blockSpec({
                      issuer_common_names: optional(list(string)),
                      subject_regex: optional(string),
                      template_id: optional(string),
                    }),
                  ),
                },
              ),
            ),
          },
        ),
      ),
    },
  ),
  remotecfg: blockSpec(
    {
      url: optional(string),
      id: optional(string),
      name: optional(string),
      attributes: optional(map(string)),
      poll_frequency: optional(duration, '"60s"'),
      ...httpClientAttributes,
    },
    httpClientBlocks,
  ),
};

/** What `declare` bodies have besides components. */
export const moduleBlocks: Readonly<Record<string, BlockSpec>> = {
  argument: blockSpec({
    optional: optional(bool, "false"),
    default: optional(any),
    comment: optional(string),
  }),
  export: blockSpec({ value: required(any) }),
};

/** Where modules come from. Each needs a label, which becomes the namespace of its components. */
export const importBlocks: Readonly<Record<string, BlockSpec>> = {
  "import.file": blockSpec({
    filename: required(string),
    detector: optional(choice(["fsnotify", "poll"], "validate"), '"fsnotify"'),
    poll_frequency: optional(duration, '"1m"'),
  }),
  "import.string": blockSpec({ content: required(optionalSecret) }),
  "import.http": blockSpec(
    {
      url: required(string),
      poll_frequency: optional(duration, '"1m"'),
      poll_timeout: optional(duration, '"10s"'),
      method: optional(string, '"GET"'),
      headers: optional(map(string), "{}"),
      body: optional(string, '""'),
    },
    { client: once(blockSpec(httpClientAttributes, httpClientBlocks)) },
  ),
  "import.git": blockSpec(
    {
      repository: required(string),
      revision: optional(string, '"HEAD"'),
      path: required(string),
      pull_frequency: optional(duration, '"60s"'),
    },
    {
      basic_auth: once(
        blockSpec({
          username: optional(string),
          password: optional(secret),
          password_file: optional(string),
        }),
      ),
      ssh_key: once(
        blockSpec({
          username: optional(string),
          key: optional(secret),
          key_file: optional(string),
          passphrase: optional(secret),
        }),
      ),
    },
  ),
};

/** `foreach` without its `template` block, which is a body of its own. */
export const foreachBlock: BlockSpec = blockSpec({
  collection: required(list(any)),
  var: required(string),
  id: optional(string),
  hash_string_id: optional(bool, "false"),
  enable_metrics: optional(bool, "false"),
});

import { RELABEL_ACTIONS } from "./relabel-actions.ts";
import {
  blockSpec,
  bool,
  choice,
  duration,
  int,
  list,
  map,
  needed,
  once,
  optional,
  repeated,
  required,
  secret,
  size,
  string,
  text,
  uint,
  url,
  type BlockSpec,
} from "./spec.ts";

/** `rule` of every component that relabels. `regex` is anchored; `alloy validate` compiles it. */
export const rule: BlockSpec = blockSpec({
  action: optional(choice(RELABEL_ACTIONS, "validate"), '"replace"'),
  source_labels: optional(list(string), "[]"),
  separator: optional(string, '";"'),
  regex: optional(text("regex", "validate"), '"(.*)"'),
  modulus: optional(uint, "0"),
  target_label: optional(string, '""'),
  replacement: optional(string, '"$1"'),
});

const proxyAttributes = {
  proxy_url: optional(url),
  no_proxy: optional(string),
  proxy_from_environment: optional(bool, "false"),
  proxy_connect_header: optional(map(list(secret))),
} as const;

export const tlsConfig = blockSpec({
  ca_pem: optional(string),
  ca_file: optional(string),
  cert_pem: optional(string),
  cert_file: optional(string),
  key_pem: optional(secret),
  key_file: optional(string),
  server_name: optional(string),
  insecure_skip_verify: optional(bool, "false"),
  min_version: optional(choice(["TLS10", "TLS11", "TLS12", "TLS13"], "validate")),
});

/** Arguments of every component that speaks HTTP as a client. */
export const httpClientAttributes = {
  bearer_token: optional(secret),
  bearer_token_file: optional(string),
  ...proxyAttributes,
  follow_redirects: optional(bool, "true"),
  enable_http2: optional(bool, "true"),
  http_headers: optional(map(list(secret)), undefined, "1.8"),
} as const;

/** Blocks of every component that speaks HTTP as a client. */
export const httpClientBlocks = {
  basic_auth: once(
    blockSpec({ username: optional(string), password: optional(secret), password_file: optional(string) }),
  ),
  authorization: once(
    blockSpec({ type: optional(string), credentials: optional(secret), credentials_file: optional(string) }),
  ),
  oauth2: once(
    blockSpec(
      {
        client_id: optional(string),
        client_secret: optional(secret),
        client_secret_file: optional(string),
        scopes: optional(list(string)),
        token_url: optional(string),
        endpoint_params: optional(map(string)),
        ...proxyAttributes,
      },
      { tls_config: once(tlsConfig) },
    ),
  ),
  tls_config: once(tlsConfig),
} as const;

/** `client` of components that speak to a Kubernetes API server. */
export const kubernetesClient = once(
  blockSpec(
    { api_server: optional(url), kubeconfig_file: optional(string), ...httpClientAttributes },
    httpClientBlocks,
  ),
);

export const clustering = once(blockSpec({ enabled: required(bool) }));

/** A Kubernetes label selector. */
export const labelSelector = once(
  blockSpec(
    { match_labels: optional(map(string)) },
    {
      match_expression: repeated(
        blockSpec({
          key: required(string),
          operator: required(choice(["In", "NotIn", "Exists", "DoesNotExist"])),
          values: optional(list(string)),
        }),
      ),
    },
  ),
);

const serverTls = once(
  blockSpec({
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
  }),
);

/** Arguments of components that listen for HTTP and gRPC. */
export const serverAttributes = {
  graceful_shutdown_timeout: optional(duration, '"30s"'),
} as const;

/** Blocks of components that listen for HTTP and gRPC. */
export const serverBlocks = {
  http: once(
    blockSpec(
      {
        listen_address: optional(string),
        listen_port: optional(int),
        conn_limit: optional(int),
        server_read_timeout: optional(duration),
        server_write_timeout: optional(duration),
        server_idle_timeout: optional(duration),
      },
      { tls: serverTls },
    ),
  ),
  grpc: once(
    blockSpec(
      {
        listen_address: optional(string),
        listen_port: optional(int),
        conn_limit: optional(int),
        max_connection_age: optional(duration),
        max_connection_age_grace: optional(duration),
        max_connection_idle: optional(duration),
        server_max_recv_msg_size: optional(int),
        server_max_send_msg_size: optional(int),
        server_max_concurrent_streams: optional(uint),
      },
      { tls: serverTls },
    ),
  ),
} as const;

/** Limits of pulled messages. */
export const outstanding = once(
  blockSpec({ max_outstanding_bytes: optional(size), max_outstanding_messages: optional(int) }),
);

export const relabelRules = repeated(rule);
export const neededOnce = (spec: BlockSpec): ReturnType<typeof needed> => needed(once(spec));

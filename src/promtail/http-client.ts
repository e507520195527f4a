import type { z } from "zod";
import { flag, labels, list, mapOf, mapping, optional, text, url, word } from "./values.ts";

export const tls = {
  ca: optional(text),
  cert: optional(text),
  key: optional(text),
  ca_file: optional(text),
  cert_file: optional(text),
  key_file: optional(text),
  server_name: optional(text),
  insecure_skip_verify: optional(flag),
  min_version: optional(word("TLS10", "TLS11", "TLS12", "TLS13")),
  max_version: optional(word("TLS10", "TLS11", "TLS12", "TLS13")),
};
export const tlsConfig = mapping(tls);
export type TlsConfig = z.output<typeof tlsConfig>;

const proxy = {
  proxy_url: optional(url),
  no_proxy: optional(text),
  proxy_from_environment: optional(flag),
  proxy_connect_header: optional(mapOf(list(text))),
};
export type ProxyConfig = z.output<z.ZodObject<typeof proxy>>;

const basicAuth = mapping({
  username: optional(text),
  username_file: optional(text),
  password: optional(text),
  password_file: optional(text),
}).superRefine(({ password, password_file }, context) => {
  if (password === undefined || password_file === undefined) return;
  context.addIssue({ code: "custom", message: "at most one of password and password_file" });
});

const header = mapping({
  values: optional(list(text)),
  secrets: optional(list(text)),
  files: optional(list(text)),
});

/** The HTTP client settings that promtail's clients and discoveries share with Prometheus. */
export const httpClient = {
  basic_auth: optional(basicAuth),
  authorization: optional(
    mapping({ type: optional(text), credentials: optional(text), credentials_file: optional(text) }),
  ),
  oauth2: optional(
    mapping({
      client_id: optional(text),
      client_secret: optional(text),
      client_secret_file: optional(text),
      scopes: optional(list(text)),
      token_url: optional(text),
      endpoint_params: optional(labels),
      tls_config: optional(tlsConfig),
      ...proxy,
    }),
  ),
  bearer_token: optional(text),
  bearer_token_file: optional(text),
  ...proxy,
  tls_config: optional(tlsConfig),
  follow_redirects: optional(flag),
  enable_http2: optional(flag),
  http_headers: optional(mapOf(header)),
};

export type HttpClientConfig = z.output<z.ZodObject<typeof httpClient>>;

const CREDENTIALS = ["basic_auth", "authorization", "oauth2", "bearer_token", "bearer_token_file"] as const;

/** Refuses more than one way to authenticate, as the HTTP client itself does. */
export function oneCredential(config: HttpClientConfig, context: z.core.$RefinementCtx): void {
  const given = CREDENTIALS.filter((name) => config[name] !== undefined);
  if (given.length < 2) return;
  context.addIssue({
    code: "custom",
    message: `only one of ${given.join(" and ")} can be given`,
    input: config,
  });
}

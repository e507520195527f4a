import { block, type Item } from "../../alloy/index.ts";
import type { HttpClientConfig, ProxyConfig, TlsConfig } from "../http-client.ts";
import { put, putBlock, putGiven, sorted } from "./items.ts";

/** The arguments that every component with an HTTP client has, in Alloy's order. */
export function httpItems(config: HttpClientConfig): Item[] {
  return [
    ...basicAuthItems(config),
    ...authorizationItems(config),
    ...oauth2Items(config),
    ...proxyItems(config),
    ...tlsItems(config.tls_config),
    ...put("follow_redirects", config.follow_redirects ?? true, true),
    ...put("enable_http2", config.enable_http2 ?? true, true),
  ];
}

function basicAuthItems({ basic_auth: auth }: HttpClientConfig): Item[] {
  if (auth === undefined) return [];
  return [
    block("basic_auth", undefined, [
      ...put("username", auth.username ?? "", ""),
      ...put("password", auth.password ?? "", ""),
      ...put("password_file", auth.password_file ?? "", ""),
    ]),
  ];
}

/** A bearer token is an authorization of the type Bearer, which is also the type when none is given. */
function authorizationItems(config: HttpClientConfig): Item[] {
  const { authorization, bearer_token, bearer_token_file } = config;
  if (authorization === undefined && bearer_token === undefined && bearer_token_file === undefined) return [];
  return [
    block("authorization", undefined, [
      ...put("type", authorization?.type ?? "Bearer"),
      ...put("credentials", authorization?.credentials ?? bearer_token ?? "", ""),
      ...put("credentials_file", authorization?.credentials_file ?? bearer_token_file ?? "", ""),
    ]),
  ];
}

function oauth2Items({ oauth2 }: HttpClientConfig): Item[] {
  if (oauth2 === undefined) return [];
  return [
    block("oauth2", undefined, [
      ...put("client_id", oauth2.client_id ?? "", ""),
      ...put("client_secret", oauth2.client_secret ?? "", ""),
      ...put("client_secret_file", oauth2.client_secret_file ?? "", ""),
      ...putGiven("scopes", oauth2.scopes),
      ...put("token_url", oauth2.token_url ?? "", ""),
      ...putGiven("endpoint_params", oauth2.endpoint_params && sorted(oauth2.endpoint_params)),
      ...proxyItems(oauth2),
      block("tls_config", undefined, tlsBody(oauth2.tls_config ?? {})),
    ]),
  ];
}

function proxyItems(config: ProxyConfig): Item[] {
  return [
    ...put("proxy_url", config.proxy_url ?? "", ""),
    ...put("no_proxy", config.no_proxy ?? "", ""),
    ...put("proxy_from_environment", config.proxy_from_environment ?? false, false),
    ...putGiven("proxy_connect_header", config.proxy_connect_header && sorted(config.proxy_connect_header)),
  ];
}

/** The `tls_config` block, or nothing when nothing in it is set. */
export function tlsItems(config: Partial<TlsConfig> | undefined): Item[] {
  return putBlock("tls_config", tlsBody(config ?? {}));
}

function tlsBody(config: Partial<TlsConfig>): Item[] {
  return [
    ...put("ca_pem", config.ca ?? "", ""),
    ...put("ca_file", config.ca_file ?? "", ""),
    ...put("cert_pem", config.cert ?? "", ""),
    ...put("cert_file", config.cert_file ?? "", ""),
    ...put("key_pem", config.key ?? "", ""),
    ...put("key_file", config.key_file ?? "", ""),
    ...put("server_name", config.server_name ?? "", ""),
    ...put("insecure_skip_verify", config.insecure_skip_verify ?? false, false),
    ...put("min_version", config.min_version ?? "", ""),
  ];
}

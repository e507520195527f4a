import { attribute, block, call, object, type Item } from "../../alloy/index.ts";
import type { Client } from "../client.ts";
import { formatDuration, formatSize } from "../units.ts";
import type { YamlPath } from "../yaml.ts";
import type { Conversion } from "./conversion.ts";
import { httpItems } from "./http-client.ts";
import { put, putGiven, sorted } from "./items.ts";

const SECOND = 1_000_000_000n;

/** The `loki.write` component of a client. */
export function writeItem(
  label: string,
  client: Client,
  path: YamlPath,
  maxStreams: bigint,
  conversion: Conversion,
): Item {
  return block("loki.write", label, [
    block("endpoint", undefined, endpointBody(client, path, conversion)),
    ...put("external_labels", sorted(client.external_labels ?? {})),
    ...put("max_streams", maxStreams, 0n),
  ]);
}

function endpointBody(client: Client, path: YamlPath, conversion: Conversion): Item[] {
  const backoff = client.backoff_config;
  return [
    ...put("name", client.name ?? "", ""),
    ...put(
      "url",
      (client.url ?? "").replace(/^[a-z][a-z0-9+.-]*:/i, (scheme) => scheme.toLowerCase()),
    ),
    ...put("batch_wait", formatDuration(client.batchwait ?? SECOND), "1s"),
    ...put("batch_size", formatSize(client.batchsize ?? 1_048_576n), "1MiB"),
    ...put("remote_timeout", formatDuration(client.timeout ?? 10n * SECOND), "10s"),
    ...putGiven("headers", client.headers && sorted(client.headers)),
    ...put("min_backoff_period", formatDuration(backoff?.min_period ?? SECOND / 2n), "500ms"),
    ...put("max_backoff_period", formatDuration(backoff?.max_period ?? 300n * SECOND), "5m0s"),
    ...put("max_backoff_retries", backoff?.max_retries ?? 10n, 10n),
    ...put("tenant_id", client.tenant_id ?? "", ""),
    ...put("retry_on_http_429", !(client.drop_rate_limited_batches ?? false), true),
    ...withCredential(httpItems(withoutProxyPassword(client, path, conversion)), conversion),
    ...headerItems(client, path, conversion),
  ];
}

/** Puts the password that comes from the environment in the place of a `password_file`. */
function withCredential(items: readonly Item[], { options }: Conversion): Item[] {
  const { credential } = options;
  if (credential === undefined) return [...items];
  return items.map((item) =>
    item.kind !== "block" || item.name !== "basic_auth"
      ? item
      : block(
          item.name,
          undefined,
          item.body.map((inner) =>
            inner.kind === "attribute" && inner.name === "password_file"
              ? attribute("password", call("sys.env", credential.env))
              : inner,
          ),
        ),
  );
}

/** The converter prints URLs as Go does for logs: a proxy's password becomes `xxxxx`. */
function withoutProxyPassword(client: Client, path: YamlPath, conversion: Conversion): Client {
  const { proxy_url } = client;
  const masked = proxy_url?.replace(/^([^/]*\/\/[^/@:]*):[^/@]*@/, "$1:xxxxx@");
  if (proxy_url === undefined || masked === undefined || masked === proxy_url) return client;
  conversion.correct("promtail/changed", [...path, "proxy_url"], {
    message: "the proxy's password becomes xxxxx",
    corrected: [attribute("proxy_url", proxy_url)],
  });
  return conversion.faithful ? client : { ...client, proxy_url: masked };
}

function headerItems(client: Client, path: YamlPath, conversion: Conversion): readonly Item[] {
  const headers = client.http_headers;
  if (headers === undefined) return [];
  const at = [...path, "http_headers"];
  for (const [name, { files }] of Object.entries(headers)) {
    if (files === undefined) continue;
    conversion.lose(
      [...at, name],
      `the header ${name} comes from files, which Alloy does not read`,
      "use local.file",
    );
  }
  const values = Object.entries(headers)
    .map(([name, header]) => [name, [...(header.values ?? []), ...(header.secrets ?? [])]] as const)
    .filter(([, given]) => given.length > 0);
  return conversion.correct("promtail/lost", at, {
    message: "the client's http_headers are lost",
    corrected: [attribute("http_headers", object(values))],
    since: "1.8",
  });
}

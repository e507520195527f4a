import type { PromtailConfig } from "../config.ts";
import type { Yaml, YamlPath } from "../yaml.ts";
import { Scalar } from "../yaml.ts";
import type { Conversion } from "./conversion.ts";

/** Settings of promtail itself that have no counterpart in Alloy's configuration file. */
export function reportUnsupported(config: PromtailConfig, conversion: Conversion): void {
  if (config.wal?.enabled === true) {
    conversion.refuse(
      "promtail/unsupported",
      ["wal"],
      "promtail's write-ahead log has no counterpart that could be converted",
      "set wal.enabled to false; loki.write has an experimental wal block",
    );
  }
  if (config.target_config?.stdin === true) {
    conversion.refuse(
      "promtail/unsupported",
      ["target_config", "stdin"],
      "Alloy reads nothing from stdin",
      "remove target_config.stdin",
    );
  }
  if (config.server?.http_path_prefix !== undefined && config.server.http_path_prefix !== "") {
    conversion.refuse(
      "promtail/unsupported",
      ["server", "http_path_prefix"],
      "server.http_path_prefix is not supported",
      "Alloy takes --server.http.ui-path-prefix on its command line",
    );
  }
}

/** What gets lost of the sections around the jobs, without the real converter saying so. */
export function reportLosses(config: PromtailConfig, conversion: Conversion): void {
  serverLosses(config, conversion);
  for (const key of ["sync_period", "ignore_invalid_yaml"] as const) {
    if (config.positions?.[key] !== undefined) {
      conversion.lose(
        ["positions", key],
        `positions.${key} is lost`,
        "Alloy keeps its own positions every 10s",
      );
    }
  }
  if (config.tracing?.enabled === true) {
    conversion.lose(["tracing"], "promtail's tracing is lost", "Alloy has a tracing block");
  }
  if (config.limits_config?.readline_rate_enabled === true) {
    conversion.warn(
      "promtail/changed",
      ["limits_config", "readline_rate"],
      "the read rate limits each pipeline on its own, where promtail limits all of them together",
      "divide the rate by the number of jobs, or raise it",
    );
  }
  const jobs = config.scrape_configs ?? [];
  const clients = config.clients ?? [];
  if (clients.length === 0 && config.client?.url === undefined && jobs.length > 0) {
    conversion.lose(["scrape_configs"], "there is no client, so that the entries go nowhere", "add clients");
    if (config.limits_config?.max_streams !== undefined) {
      conversion.lose(["limits_config", "max_streams"], "max_streams is lost without a client");
    }
  }
  for (const [at, client] of clients.entries()) clientLosses(client, ["clients", at], conversion);
  if (config.client?.url !== undefined) clientLosses(config.client, ["client"], conversion);
  else legacyClientLosses(config, conversion);
}

function serverLosses({ server }: PromtailConfig, conversion: Conversion): void {
  if (server === undefined) return;
  const hints: Partial<Record<keyof typeof server, string>> = {
    http_listen_address: "Alloy takes --server.http.listen-addr",
    http_listen_port: "Alloy takes --server.http.listen-addr, 127.0.0.1:12345 by default",
    log_level: 'write logging { level = "..." }',
    log_format: 'write logging { format = "..." }',
    profiling_enabled: "Alloy serves /debug/pprof",
    external_url: "Alloy has no counterpart",
    health_check_target: "Alloy's readiness does not depend on targets",
    enable_runtime_reload: "Alloy reloads on SIGHUP and POST /-/reload",
    graceful_shutdown_timeout: "Alloy has no counterpart",
    disable: "Alloy always serves HTTP",
  };
  for (const [key, hint] of Object.entries(hints)) {
    const value = server[key as keyof typeof server];
    // What is written as it is anyway is no loss.
    const usual = key === "log_level" ? "info" : key === "health_check_target";
    if (value === undefined || value === usual) continue;
    conversion.lose(["server", key], `server.${key} is lost`, hint);
  }
}

type Client = NonNullable<PromtailConfig["client"]>;

function clientLosses(client: Client, path: YamlPath, conversion: Conversion): void {
  const auth = client.basic_auth;
  if (auth?.username_file !== undefined) {
    conversion.lose(
      [...path, "basic_auth", "username_file"],
      "the username_file is lost: requests have no user name",
      "read it with local.file and write username = local.file.<label>.content",
    );
  }
  if (client.tls_config?.max_version !== undefined) {
    conversion.lose(
      [...path, "tls_config", "max_version"],
      "tls_config.max_version is lost",
      "Alloy has none",
    );
  }
  if (auth?.password !== undefined) {
    plainSecret([...path, "basic_auth", "password"], "the password", conversion);
  }
  if (client.bearer_token !== undefined)
    plainSecret([...path, "bearer_token"], "the bearer token", conversion);
  if (client.oauth2?.client_secret !== undefined) {
    plainSecret([...path, "oauth2", "client_secret"], "the client secret", conversion);
  }
}

function plainSecret(path: YamlPath, what: string, conversion: Conversion): void {
  conversion.warn(
    "promtail/plain-secret",
    path,
    `${what} stays in plain text`,
    'keep it in a file or in the environment: sys.env("LOKI_PASSWORD")',
  );
}

/** `client:` without a URL only gives external labels to the others, in promtail. */
function legacyClientLosses({ client, clients = [] }: PromtailConfig, conversion: Conversion): void {
  if (client === undefined) return;
  if (client.external_labels !== undefined && !(conversion.faithful && clients.length > 0)) {
    conversion.lose(
      ["client", "external_labels"],
      "promtail gives client.external_labels to every client; here they are lost",
      "--faithful adds them to each client",
    );
  }
  if (client.tenant_id !== undefined) {
    conversion.lose(["client", "tenant_id"], "client.tenant_id is lost", "write it for each of clients");
  }
}

/** Warns of each `${VAR}`, which promtail expands only with -config.expand-env and Alloy never. */
export function reportVariables(value: Yaml, path: YamlPath, conversion: Conversion): void {
  if (value === null) return;
  if (value instanceof Scalar) {
    if (path.includes("pipeline_stages") || path.includes("relabel_configs")) return;
    const variable = /\$\{([A-Za-z_]\w*)(?::-[^}]*)?\}/.exec(value.text);
    if (variable === null) return;
    conversion.warn(
      "promtail/not-expanded",
      path,
      `${variable[0]} stays as it is written`,
      `write sys.env("${variable[1] ?? ""}") if promtail runs with -config.expand-env`,
    );
    return;
  }
  for (const [key, inner] of Object.entries(value)) {
    reportVariables(inner, [...path, Array.isArray(value) ? Number(key) : key], conversion);
  }
}

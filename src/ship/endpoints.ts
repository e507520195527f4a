import { readFileSync } from "node:fs";
import { blockName, type Block, type File } from "../alloy/index.ts";
import { error, FleetError, LineIndex, warning, type Diagnostic } from "../diagnostics/index.ts";
import { baseUrl, type LokiConnection, type PushPolicy } from "../loki/index.ts";
import { ArgumentError, Arguments, standardLibrary, type Scope } from "../pipeline/index.ts";

/** Where a loki.write sends to. */
export interface Endpoint {
  /** `loki.write.default`. */
  component: string;
  connection: LokiConnection;
  policy: PushPolicy;
}

/** Arguments and blocks of an endpoint that the embedded shipper does what they say. */
const KNOWN = new Set([
  "name",
  "url",
  "batch_size",
  "batch_wait",
  "remote_timeout",
  "headers",
  "tenant_id",
  "min_backoff_period",
  "max_backoff_period",
  "max_backoff_retries",
  "retry_on_http_429",
  "bearer_token",
  "basic_auth",
]);

/**
 * The endpoints of every loki.write of a configuration, their secrets evaluated with `env`.
 *
 * @returns also warnings for arguments that the embedded shipper leaves aside, such as tls_config
 * @throws FleetError `ship/no-endpoint`, `ship/endpoint-unusable`.
 */
export function readEndpoints(
  file: File,
  env: Readonly<Record<string, string | undefined>>,
): { endpoints: Endpoint[]; diagnostics: Diagnostic[] } {
  const library = standardLibrary({ env });
  const scope: Scope = { name: (name) => library.get(name), component: () => undefined };
  const lines = new LineIndex(file.name, file.text);
  const endpoints: Endpoint[] = [];
  const diagnostics: Diagnostic[] = [];
  for (const block of file.body) {
    if (block.kind !== "block" || blockName(block) !== "loki.write") continue;
    const component = `loki.write.${block.label?.value ?? ""}`;
    for (const inner of new Arguments(block, scope).blocks("endpoint")) {
      diagnostics.push(...leftAside(inner, lines));
      try {
        endpoints.push({ component, ...readEndpoint(new Arguments(inner, scope)) });
      } catch (caught) {
        if (!(caught instanceof ArgumentError)) throw caught;
        const span = lines.span(caught.node.start, caught.node.end);
        throw new FleetError(error("ship/endpoint-unusable", caught.message, { span }));
      }
    }
  }
  if (endpoints.length > 0) return { endpoints, diagnostics };
  throw new FleetError(
    error("ship/no-endpoint", `${file.name} has no loki.write with an endpoint`, {
      span: lines.span(0, 0),
      hint: "add a loki.write with an endpoint and its url",
    }),
  );
}

function readEndpoint(endpoint: Arguments): Omit<Endpoint, "component"> {
  const milliseconds = (name: string, fallback: string): number =>
    Number(endpoint.duration(name, fallback) / 1_000_000n);
  const connection: LokiConnection = {
    url: baseUrl(endpoint.string("url")),
    tenant: endpoint.string("tenant_id", ""),
    headers: Object.fromEntries(endpoint.map("headers", new Map())),
    timeout: milliseconds("remote_timeout", "10s"),
  };
  const basic = endpoint.block("basic_auth");
  if (basic !== undefined) {
    connection.basicAuth = { username: basic.string("username", ""), password: readPassword(basic) };
  }
  if (endpoint.has("bearer_token")) connection.bearerToken = endpoint.string("bearer_token");
  const policy: PushPolicy = {
    batchSize: endpoint.bytes("batch_size", "1MiB"),
    minBackoff: milliseconds("min_backoff_period", "500ms"),
    maxBackoff: milliseconds("max_backoff_period", "5m"),
    maxRetries: endpoint.number("max_backoff_retries", 10),
    retryOnTooMany: endpoint.bool("retry_on_http_429", true),
  };
  return { connection, policy };
}

function readPassword(basic: Arguments): string {
  if (!basic.has("password_file")) return basic.string("password", "");
  const path = basic.string("password_file");
  try {
    return readFileSync(path, "utf8").trim();
  } catch {
    return basic.fail(`the password file ${path} cannot be read`, "password_file");
  }
}

function leftAside(endpoint: Block, lines: LineIndex): Diagnostic[] {
  return endpoint.body.flatMap((statement) => {
    const name = statement.kind === "block" ? blockName(statement) : statement.name.name;
    if (KNOWN.has(name)) return [];
    const span = lines.span(statement.start, statement.end);
    return [
      warning("ship/endpoint-unsupported", `the embedded shipper does not do what ${name} says`, {
        span,
        hint: "ship with a real Alloy (--with alloy) where this matters",
      }),
    ];
  });
}

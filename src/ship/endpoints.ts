import { readFileSync } from "node:fs";
import { blockName, type Block, type File } from "../alloy/index.ts";
import { error, FleetError, LineIndex, warning, type Diagnostic } from "../diagnostics/index.ts";
import { baseUrl, type LokiConnection, type PushPolicy } from "../loki/index.ts";
import { ArgumentError, Arguments, standardLibrary, type Scope } from "../pipeline/index.ts";

/** Where a loki.write sends to. */
export interface Endpoint {
  /** `loki.write.default`. */
  component: string;
  /** The push URL as it was given. */
  url: string;
  connection: LokiConnection;
  policy: Required<PushPolicy>;
  /** Milliseconds after which a batch goes even if it is not full. */
  batchWait: number;
  /** Bytes that may wait for their sending, beside the batches that are being filled. */
  queueCapacity: number;
  /** False to drop entries for which there is no room, true to make their reader wait. */
  blocksWhenFull: boolean;
  /** Milliseconds that a queue has at the end to send what is left. */
  drainTimeout: number;
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
  "bearer_token_file",
  "authorization",
  "basic_auth",
  "queue_config",
]);

/**
 * The endpoints of every loki.write of a configuration, their secrets evaluated with `env`.
 *
 * @returns also warnings for arguments that the embedded shipper leaves aside, such as tls_config
 * @throws FleetError `ship/no-endpoint`, `ship/endpoint-unusable`.
 */
export function readEndpoints(
  files: File | readonly File[],
  env: Readonly<Record<string, string | undefined>>,
): { endpoints: Endpoint[]; diagnostics: Diagnostic[] } {
  const library = standardLibrary({ env });
  const scope: Scope = { name: (name) => library.get(name), component: () => undefined };
  const list: readonly File[] = "kind" in files ? [files] : files;
  const endpoints: Endpoint[] = [];
  const diagnostics: Diagnostic[] = [];
  const blocks = list.flatMap((file) => {
    const lines = new LineIndex(file.name, file.text);
    return file.body.flatMap((block) => (block.kind === "block" ? [{ block, lines }] : []));
  });
  for (const { block, lines } of blocks) {
    if (blockName(block) !== "loki.write") continue;
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
    error("ship/no-endpoint", `${list[0]?.name ?? "the configuration"} has no loki.write with an endpoint`, {
      ...(list[0] !== undefined && { span: new LineIndex(list[0].name, list[0].text).span(0, 0) }),
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
    const password = readSecret(basic, "password");
    connection.basicAuth = { username: basic.string("username", ""), password };
  }
  const bearer = readSecret(endpoint, "bearer_token");
  if (bearer !== "") connection.bearerToken = bearer;
  const authorization = endpoint.block("authorization");
  if (authorization !== undefined) {
    const Authorization = `${authorization.string("type", "Bearer")} ${readSecret(authorization, "credentials")}`;
    connection.headers = { ...connection.headers, Authorization };
  }
  const queue = endpoint.block("queue_config");
  const policy: Required<PushPolicy> = {
    batchSize: endpoint.bytes("batch_size", "1MiB"),
    minBackoff: milliseconds("min_backoff_period", "500ms"),
    maxBackoff: milliseconds("max_backoff_period", "5m"),
    maxRetries: endpoint.number("max_backoff_retries", 10),
    retryOnTooMany: endpoint.bool("retry_on_http_429", true),
  };
  return {
    url: endpoint.string("url"),
    connection,
    policy,
    batchWait: milliseconds("batch_wait", "1s"),
    queueCapacity: queue?.bytes("capacity", "10MiB") ?? 10 * 1024 * 1024,
    blocksWhenFull: queue?.bool("block_on_overflow", true) ?? true,
    drainTimeout: Number((queue?.duration("drain_timeout", "15s") ?? 15_000_000_000n) / 1_000_000n),
  };
}

/** A secret that is given itself, or as the path of a file by the argument with `_file`; "" when neither is. */
function readSecret(args: Arguments, name: string): string {
  const file = `${name}_file`;
  if (!args.has(file)) return args.string(name, "");
  const path = args.string(file);
  try {
    return readFileSync(path, "utf8").trim();
  } catch {
    return args.fail(`the ${name.replace("_", " ")} file ${path} cannot be read`, file);
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

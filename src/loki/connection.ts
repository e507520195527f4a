import { error, FleetError } from "../diagnostics/index.ts";
import { fetchTrusting } from "./trust.ts";

/** How to reach a Loki. Passwords and tokens travel in headers only, and are never part of a message. */
export interface LokiConnection {
  /** Where Loki is, without `/loki/api/v1/...`; a path in front of it is kept. */
  url: string;
  basicAuth?: { username: string; password: string };
  bearerToken?: string;
  /** X-Scope-OrgID. */
  tenant?: string;
  headers?: Readonly<Record<string, string>>;
  /** Certificates (PEM) that vouch for Loki's in the place of the system's. */
  ca?: string;
  /** Milliseconds for one request; 10 s when left out, as loki.write has it. */
  timeout?: number;
  signal?: AbortSignal;
}

const PUSH_PATH = "/loki/api/v1/push";

/** The base of a push URL: `https://loki.example.com/loki/api/v1/push` gives `https://loki.example.com`. */
export function baseUrl(pushUrl: string): string {
  const trimmed = pushUrl.replace(/\/+$/, "");
  return trimmed.endsWith(PUSH_PATH) ? trimmed.slice(0, -PUSH_PATH.length) : trimmed;
}

/** The push URL of a Loki, given that itself or only its base. */
export function pushUrl(url: string): string {
  return baseUrl(url) + PUSH_PATH;
}

export interface Answer {
  status: number;
  text: string;
  /** What the header Retry-After says: seconds, or a date. */
  retryAfter?: string;
}

/**
 * One request to Loki's API; any status is an answer.
 *
 * @throws FleetError `loki/unreachable` when there was none.
 */
export async function call(
  connection: LokiConnection,
  path: string,
  request: {
    query?: Readonly<Record<string, string>>;
    tenant?: string;
    json?: string;
    headers?: Record<string, string>;
  },
): Promise<Answer> {
  const url = new URL(connection.url.replace(/\/+$/, "") + path);
  for (const [name, value] of Object.entries(request.query ?? {})) url.searchParams.append(name, value);
  const timeout = AbortSignal.timeout(connection.timeout ?? 10_000);
  const init = {
    method: request.json === undefined ? "GET" : "POST",
    headers: { ...headers(connection, request.tenant), ...request.headers },
    signal: connection.signal === undefined ? timeout : AbortSignal.any([connection.signal, timeout]),
    ...(request.json === undefined ? {} : { body: request.json }),
  };
  try {
    if (connection.ca !== undefined && url.protocol === "https:")
      return await fetchTrusting(connection.ca, url, init);
    const response = await fetch(url, init);
    const retryAfter = response.headers.get("retry-after");
    const answer = { status: response.status, text: await response.text() };
    return retryAfter === null ? answer : { ...answer, retryAfter };
  } catch (caught) {
    connection.signal?.throwIfAborted();
    throw new FleetError(
      error("loki/unreachable", `no answer from Loki at ${url.origin}${url.pathname}: ${reason(caught)}`, {
        hint: "check the URL, the network and the proxy settings",
      }),
    );
  }
}

function headers(connection: LokiConnection, tenant: string | undefined): Record<string, string> {
  const made: Record<string, string> = { "Content-Type": "application/json", ...connection.headers };
  const named = tenant ?? connection.tenant;
  if (named !== undefined && named !== "") made["X-Scope-OrgID"] = named;
  if (connection.basicAuth !== undefined) {
    const { username, password } = connection.basicAuth;
    made["Authorization"] = `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
  } else if (connection.bearerToken !== undefined) {
    made["Authorization"] = `Bearer ${connection.bearerToken}`;
  }
  return made;
}

/** fetch hides why it failed in its error's cause. */
function reason(caught: unknown): string {
  if (!(caught instanceof Error)) return String(caught);
  if (caught.name === "TimeoutError") return "it took too long";
  return caught.cause instanceof Error ? caught.cause.message || caught.message : caught.message;
}

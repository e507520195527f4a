import { Agent as HttpAgent, request as httpRequest, type RequestOptions } from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import { error, FleetError } from "../../diagnostics/index.ts";
import type { ApiAccess } from "./kubeconfig.ts";

export interface ApiRequest {
  method?: "GET" | "PATCH" | "DELETE";
  query?: Readonly<Record<string, string>>;
  body?: { contentType: string; text: string };
}

export interface ApiAnswer {
  status: number;
  /** The JSON that came; undefined for other text. */
  body: unknown;
}

/** Sends one request to an API server; any status is an answer. */
export type Transport = (path: string, request?: ApiRequest) => Promise<ApiAnswer>;

/** Milliseconds that one answer may take. */
const TIMEOUT = 30_000;

/**
 * Requests over HTTP or HTTPS with what the kubeconfig says. node's own client and not fetch, which takes neither an
 * authority nor a client certificate. Its promises end with FleetError `cluster/unreachable` where no answer came.
 */
export function httpTransport(access: ApiAccess, signal?: AbortSignal): Transport {
  const secure = access.server.startsWith("https:");
  // The calls of one command follow each other: one connection serves them all.
  const agent = secure
    ? new HttpsAgent({ keepAlive: true, ...access.tls })
    : new HttpAgent({ keepAlive: true });
  const send = secure ? httpsRequest : httpRequest;
  return (path, { method = "GET", query = {}, body } = {}) => {
    const url = new URL(access.server + path);
    for (const [name, value] of Object.entries(query)) url.searchParams.append(name, value);
    const timeout = AbortSignal.timeout(TIMEOUT);
    const options: RequestOptions = {
      method,
      agent,
      signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
      headers: {
        Accept: "application/json",
        "User-Agent": "fleet",
        ...(access.authorization === undefined ? {} : { Authorization: access.authorization }),
        ...(body === undefined
          ? {}
          : { "Content-Type": body.contentType, "Content-Length": Buffer.byteLength(body.text) }),
      },
    };
    return new Promise((resolve, reject) => {
      const fail = (caught: Error): void => {
        if (signal?.aborted === true) reject(signal.reason as Error);
        else
          reject(unreachable(access, timeout.aborted ? `no answer in ${TIMEOUT / 1000} s` : reason(caught)));
      };
      const sent = send(url, options, (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("error", fail);
        response.on("end", () => {
          resolve({ status: response.statusCode ?? 0, body: decode(Buffer.concat(chunks).toString("utf8")) });
        });
      });
      sent.on("error", fail);
      sent.end(body?.text);
    });
  };
}

function decode(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** node says "connect ECONNREFUSED ..." or, of several addresses, nothing but a code. */
function reason(caught: Error): string {
  return caught.message || String((caught as NodeJS.ErrnoException).code);
}

function unreachable({ server, context }: ApiAccess, why: string): FleetError {
  const hint = "check the kubeconfig's context, the network and whether the API server runs";
  return new FleetError(
    error("cluster/unreachable", `no answer from the API server ${server} (context ${context}): ${why}`, {
      hint,
    }),
  );
}

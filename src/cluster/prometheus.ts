import { z } from "zod";
import { error, FleetError } from "../diagnostics/index.ts";

/** How to reach a Prometheus. The password travels in a header alone. */
export interface PrometheusConnection {
  /** Where Prometheus is, without `/api/v1/...`; a path in front of it is kept. */
  url: string;
  basicAuth?: { username: string; password: string };
  signal?: AbortSignal;
}

const WRITE_PATH = "/api/v1/write";

/** The base of a remote-write URL: `http://prom:9090/api/v1/write` gives `http://prom:9090`. */
export function prometheusBaseUrl(url: string): string {
  const trimmed = url.replace(/\/+$/, "");
  return trimmed.endsWith(WRITE_PATH) ? trimmed.slice(0, -WRITE_PATH.length) : trimmed;
}

const vector = z.object({
  data: z.object({
    resultType: z.literal("vector"),
    result: z.array(z.object({ value: z.tuple([z.number(), z.string()]) })),
  }),
});

/**
 * How many series a query has at `time` (milliseconds since 1970).
 *
 * @throws FleetError `cluster/query-failed`
 */
export async function countSeries(
  connection: PrometheusConnection,
  promql: string,
  time: number,
): Promise<number> {
  const url = new URL(`${prometheusBaseUrl(connection.url)}/api/v1/query`);
  url.searchParams.set("query", `count(${promql})`);
  url.searchParams.set("time", (time / 1000).toFixed(3));
  const timeout = AbortSignal.timeout(10_000);
  const { basicAuth, signal } = connection;
  let status: number;
  let body: unknown;
  try {
    const response = await fetch(url, {
      headers: basicAuth === undefined ? {} : { Authorization: authorization(basicAuth) },
      signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
    });
    status = response.status;
    body = await response.json().catch(() => undefined);
  } catch (caught) {
    signal?.throwIfAborted();
    const cause = caught instanceof Error && caught.cause instanceof Error ? caught.cause : caught;
    throw failed(url, cause instanceof Error ? cause.message || cause.name : String(cause));
  }
  const parsed = vector.safeParse(body).data;
  if (status === 200 && parsed !== undefined) return Number(parsed.data.result[0]?.value[1] ?? 0);
  const why = z.object({ error: z.string() }).safeParse(body).data?.error ?? "the answer is not Prometheus's";
  throw failed(url, `status ${status}: ${why}`);
}

function authorization({ username, password }: { username: string; password: string }): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
}

function failed(url: URL, why: string): FleetError {
  const hint = "check the URL, the user name and the password";
  return new FleetError(
    error(
      "cluster/query-failed",
      `Prometheus at ${url.origin} did not answer ${url.searchParams.get("query") ?? ""}: ${why}`,
      {
        hint,
      },
    ),
  );
}

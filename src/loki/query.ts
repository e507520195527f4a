import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { error, FleetError } from "../diagnostics/index.ts";
import { call, type Answer, type LokiConnection } from "./connection.ts";

/** A stretch of time, nanoseconds since 1970; `end` is exclusive, as Loki has it. */
export interface Range {
  start: bigint;
  end: bigint;
}

/** An entry as Loki gives it back. */
export interface FoundEntry {
  labels: Readonly<Record<string, string>>;
  timestamp: string;
  line: string;
  structured_metadata: Readonly<Record<string, string>>;
}

/** One value of a metric query. */
export interface Sample {
  labels: Readonly<Record<string, string>>;
  value: number;
}

const labels = z.record(z.string(), z.string());
const details = z.object({ structuredMetadata: labels.optional() }).optional();
const streams = z.object({
  data: z.object({
    resultType: z.literal("streams"),
    result: z.array(
      z.object({ stream: labels, values: z.array(z.tuple([z.string(), z.string()]).rest(details)) }),
    ),
  }),
});
const vector = z.object({
  data: z.object({
    resultType: z.literal("vector"),
    result: z.array(z.object({ metric: labels, value: z.tuple([z.number(), z.string()]) })),
  }),
});
const matrix = z.object({
  data: z.object({
    resultType: z.literal("matrix"),
    result: z.array(z.object({ metric: labels, values: z.array(z.tuple([z.number(), z.string()])) })),
  }),
});
/** What Loki adds when not all of it took part in an answer. */
const partial = z.object({ warnings: z.array(z.string()).min(1) });
const names = z.object({ data: z.array(z.string()).optional() });
const series = z.object({ data: z.array(labels).optional() });

/**
 * Every entry that a log query finds in a range, oldest first, however many they are: Loki's answers are
 * limited, so it asks again from the last timestamp on and leaves out what it already had.
 *
 * @throws FleetError `loki/query-failed`, `loki/unreachable`, `loki/too-many-at-once`.
 */
export async function queryEntries(
  connection: LokiConnection,
  logql: string,
  range: Range,
  page = 5000,
): Promise<FoundEntry[]> {
  const found: FoundEntry[] = [];
  let start = range.start;
  /** The entries of the page before that bear its last timestamp, which the next page begins with. */
  let known = new Set<string>();
  for (;;) {
    const batch = await queryPage(connection, logql, { start, end: range.end }, page);
    for (const entry of batch) if (!known.has(keyOf(entry))) found.push(entry);
    const last = batch.at(-1)?.timestamp;
    if (last === undefined || batch.length < page) return found;
    if (BigInt(last) === start) {
      throw new FleetError(
        error("loki/too-many-at-once", `${page} entries or more of ${logql} bear the timestamp ${last}`, {
          hint: "ask for fewer streams at once",
        }),
      );
    }
    start = BigInt(last);
    known = new Set(batch.filter((entry) => entry.timestamp === last).map(keyOf));
  }
}

/** The newest entry that a log query finds in a range, undefined when there is none. Throws as `queryEntries`. */
export async function newestEntry(
  connection: LokiConnection,
  logql: string,
  range: Range,
): Promise<FoundEntry | undefined> {
  const [entry] = await queryPage(connection, logql, range, 1, "backward");
  return entry;
}

async function queryPage(
  connection: LokiConnection,
  logql: string,
  range: Range,
  limit: number,
  direction: "forward" | "backward" = "forward",
): Promise<FoundEntry[]> {
  const answer = await ask(connection, "/loki/api/v1/query_range", streams, {
    query: logql,
    start: String(range.start),
    end: String(range.end),
    limit: String(limit),
    direction,
  });
  const entries = answer.data.result.flatMap(({ stream, values }) =>
    values.map(([timestamp, line, more]) => ({
      labels: stream,
      timestamp,
      line,
      structured_metadata: more?.structuredMetadata ?? {},
    })),
  );
  return entries.sort((a, b) => compare(BigInt(a.timestamp), BigInt(b.timestamp)));
}

/** The values of an instant metric query at `time` (nanoseconds since 1970). */
export async function queryVector(
  connection: LokiConnection,
  logql: string,
  time: bigint,
): Promise<Sample[]> {
  const answer = await ask(connection, "/loki/api/v1/query", vector, { query: logql, time: String(time) });
  return answer.data.result.map(({ metric, value }) => ({ labels: metric, value: Number(value[1]) }));
}

/** A series of a metric query: its values at each step, at seconds since 1970. */
export interface Series {
  labels: Readonly<Record<string, string>>;
  values: readonly (readonly [time: number, value: number])[];
}

/** The values of a metric query over a range, one each `step` seconds. Throws as `queryEntries`. */
export async function queryMatrix(
  connection: LokiConnection,
  logql: string,
  range: Range,
  step: number,
): Promise<Series[]> {
  const answer = await ask(connection, "/loki/api/v1/query_range", matrix, {
    query: logql,
    step: String(step),
    ...times(range),
  });
  return answer.data.result.map(({ metric, values }) => ({
    labels: metric,
    values: values.map(([time, value]) => [time, Number(value)]),
  }));
}

/** The names of the labels that streams of the range have, sorted. */
export async function labelNames(
  connection: LokiConnection,
  selector: string,
  range: Range,
): Promise<string[]> {
  const answer = await ask(connection, "/loki/api/v1/labels", names, { query: selector, ...times(range) });
  return (answer.data ?? []).sort();
}

/** The label sets of the streams that a selector finds in the range. */
export async function findSeries(
  connection: LokiConnection,
  selector: string,
  range: Range,
): Promise<Record<string, string>[]> {
  const answer = await ask(connection, "/loki/api/v1/series", series, {
    "match[]": selector,
    ...times(range),
  });
  return answer.data ?? [];
}

function times(range: Range): Record<string, string> {
  return { start: String(range.start), end: String(range.end) };
}

async function ask<T>(
  connection: LokiConnection,
  path: string,
  shape: z.ZodType<T>,
  query: Readonly<Record<string, string>>,
): Promise<T> {
  // With this flag structured metadata comes beside the labels instead of among them.
  const headers = { "X-Loki-Response-Encoding-Flags": "categorize-labels" };
  const { status, text, retryAfter } = await callPatiently(connection, path, { query, headers });
  if (status === 401 || status === 403) throw denied(connection, status);
  if (status === 429) throw busy(connection, text, retryAfter);
  if (AWAY.has(status)) throw away(connection, status);
  if (status !== 200) throw failed(query, `status ${status}: ${text.trim().slice(0, 500)}`);
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    throw failed(query, "the answer is not JSON, or was cut short");
  }
  const incomplete = partial.safeParse(body);
  if (incomplete.success) throw notWhole(query, incomplete.data.warnings);
  const parsed = shape.safeParse(body);
  if (!parsed.success)
    throw failed(query, `the answer has another shape than asked for (${firstIssue(parsed.error)})`);
  return parsed.data;
}

/** How often, and for how many seconds at most, a query waits when Loki asks it to. */
const TRIES = 3;
const PATIENCE = 15;

/** Asks again after the pause that Loki asks for with "too many requests", where that is short. */
async function callPatiently(
  connection: LokiConnection,
  path: string,
  request: Parameters<typeof call>[2],
): Promise<Answer> {
  for (let tries = 1; ; tries += 1) {
    const answer = await call(connection, path, request);
    const pause = Number(answer.retryAfter ?? "1");
    if (answer.status !== 429 || tries === TRIES || !(pause >= 0 && pause <= PATIENCE)) return answer;
    const { signal } = connection;
    await sleep(pause * 1000, undefined, signal === undefined ? {} : { signal });
  }
}

function denied({ url }: LokiConnection, status: number): FleetError {
  const message = `Loki at ${new URL(url).origin} does not let us ask (status ${status})`;
  return new FleetError(
    error("loki/denied", message, { hint: "check the user name and the password or token, and the tenant" }),
  );
}

/** What Loki answers while it starts or stops, and a proxy for a Loki that it does not reach. */
const AWAY: ReadonlySet<number> = new Set([502, 503, 504]);

function away({ url }: LokiConnection, status: number): FleetError {
  const message = `no answer from Loki at ${new URL(url).origin}: status ${status}`;
  return new FleetError(
    error("loki/unreachable", message, { hint: "see whether Loki runs, and wait until it is ready" }),
  );
}

function busy({ url }: LokiConnection, text: string, retryAfter: string | undefined): FleetError {
  const wait = retryAfter === undefined ? "" : `, and says to come back after ${retryAfter} (Retry-After)`;
  const message = `Loki at ${new URL(url).origin} answers no more questions for now (status 429${wait}): ${text.trim().slice(0, 200)}`;
  return new FleetError(error("loki/busy", message, { hint: "run it again later" }));
}

function notWhole(query: Readonly<Record<string, string>>, warnings: readonly string[]): FleetError {
  const asked = query["query"] ?? query["match[]"] ?? "";
  const message = `Loki answered ${asked} only in part: ${warnings.join("; ").slice(0, 500)}`;
  return new FleetError(
    error("loki/partial", message, { hint: "what is not there may only not have been found; run it again" }),
  );
}

function failed(query: Readonly<Record<string, string>>, why: string): FleetError {
  const asked = query["query"] ?? query["match[]"] ?? "";
  return new FleetError(
    error("loki/query-failed", `Loki did not answer ${asked}: ${why}`, {
      hint: "check the query and the URL",
    }),
  );
}

function firstIssue(problem: z.ZodError): string {
  const [issue] = problem.issues;
  return issue === undefined ? "" : `${issue.path.join(".")}: ${issue.message}`;
}

function keyOf(entry: FoundEntry): string {
  return JSON.stringify([
    entry.timestamp,
    entry.line,
    sorted(entry.labels),
    sorted(entry.structured_metadata),
  ]);
}

function sorted(map: Readonly<Record<string, string>>): [string, string][] {
  return Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1));
}

function compare(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

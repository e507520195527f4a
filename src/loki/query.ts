import { z } from "zod";
import { error, FleetError } from "../diagnostics/index.ts";
import { call, type LokiConnection } from "./connection.ts";

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

async function queryPage(
  connection: LokiConnection,
  logql: string,
  range: Range,
  limit: number,
): Promise<FoundEntry[]> {
  const answer = await ask(connection, "/loki/api/v1/query_range", streams, {
    query: logql,
    start: String(range.start),
    end: String(range.end),
    limit: String(limit),
    direction: "forward",
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
  const { status, text } = await call(connection, path, { query, headers });
  if (status !== 200) throw failed(query, `status ${status}: ${text.trim().slice(0, 500)}`);
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    throw failed(query, "the answer is not JSON");
  }
  const parsed = shape.safeParse(body);
  if (!parsed.success)
    throw failed(query, `the answer has another shape than asked for (${firstIssue(parsed.error)})`);
  return parsed.data;
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

import { queryVector, type LokiConnection, type Range } from "../loki/index.ts";
import type { Outcome, Sent } from "../pipeline/index.ts";
import type { Expectations } from "./expectations.ts";
import type { Labels } from "./model.ts";

/** `unseen`: nothing contradicts it, and nothing shows it, as there was no such line. */
export type CheckStatus = "held" | "failed" | "unseen";

/** What a check of a host found. */
export interface CheckResult {
  /** `journal`, `drop:loki.process.journal stage.drop[0]`: the same from run to run. */
  id: string;
  name: string;
  status: CheckStatus;
  /** What should be in Loki, and what is, for a person. */
  expected: string;
  seen: string;
  /** What Loki was asked. */
  logql: readonly string[];
}

/** Limits that a deployment may set itself. */
export interface Limits {
  /** Values that one label may have. */
  values: number;
  /** Streams that a host may have. */
  streams: number;
  /** Milliseconds by which a host's clock may be off. */
  skew: number;
  /** How the number of lines may relate to that of the same hours before. */
  rate: readonly [least: number, most: number];
}

export const LIMITS: Limits = { values: 200, streams: 1000, skew: 60_000, rate: [0.5, 2] };

/** What the host's own journal holds of the time that is looked at, and what the configuration makes of it. */
export interface Witness {
  /** The times of its oldest and its newest entry. */
  range: Range;
  outcomes: readonly Outcome[];
  sent: readonly Sent[];
}

/** What every check is given. */
export interface Look {
  expectations: Expectations;
  connection: LokiConnection;
  range: Range;
  limits: Limits;
  /** Undefined where the host's journal was not read. */
  witness: Witness | undefined;
}

const NANOSECONDS_PER_MILLISECOND = 1_000_000n;

/** How many entries a log query finds from the range's start, exclusive, to its end. */
export async function count(connection: LokiConnection, logql: string, range: Range): Promise<number> {
  const [sample] = await queryVector(connection, countQuery(logql, range), range.end);
  return sample?.value ?? 0;
}

/** The query whose value at the range's end is that number. */
export function countQuery(logql: string, { start, end }: Range): string {
  const milliseconds = (end - start + NANOSECONDS_PER_MILLISECOND - 1n) / NANOSECONDS_PER_MILLISECOND;
  return `sum(count_over_time(${logql} [${milliseconds}ms]))`;
}

/** `{host="nas", unit="kernel"}` in the order of names, so that it reads the same from run to run. */
export function labelText(labels: Labels): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name}=${value}`)
    .join(", ");
}

/** "1 line", "17 lines" */
export function plural(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}

/** The entries of the witness that are sent with all of these labels. */
export function witnessed(witness: Witness | undefined, labels: Labels): number {
  const wanted = Object.entries(labels);
  return (witness?.sent ?? []).filter((one) => wanted.every(([name, value]) => one.labels[name] === value))
    .length;
}

import type { LokiConnection } from "./connection.ts";
import { queryEntries, type FoundEntry, type Range } from "./query.ts";

/** What a log query must find. */
export type Expectation =
  | { kind: "none" }
  /** At least one entry. */
  | { kind: "some" }
  | { kind: "count"; count: number }
  /** Exactly these lines, in any order. */
  | { kind: "lines"; lines: readonly string[] }
  /** Exactly so many entries for each value of a label; entries without the label count under "". */
  | { kind: "counts"; by: string; counts: Readonly<Record<string, number>> };

/** Something that must be true of what is in Loki. */
export interface Assertion {
  /** A sentence: "the firewall's refused connections are dropped". */
  name: string;
  logql: string;
  expect: Expectation;
}

export interface AssertionResult {
  name: string;
  logql: string;
  ok: boolean;
  /** What should have been found, and what was, in the same shape; of many lines only those that differ. */
  expected: Evidence;
  got: Evidence;
}

/** A count, lines, or counts by a label's value. */
export type Evidence = number | readonly string[] | Readonly<Record<string, number>>;

/**
 * Asks Loki each assertion's query over `range` and compares. A failing assertion is a result; only a query
 * that could not be answered throws, as `queryEntries` does.
 */
export async function checkAssertions(
  connection: LokiConnection,
  assertions: readonly Assertion[],
  range: Range,
): Promise<AssertionResult[]> {
  const results: AssertionResult[] = [];
  for (const assertion of assertions) {
    const found = await queryEntries(connection, assertion.logql, range);
    results.push(judge(assertion, found));
  }
  return results;
}

/** Compares what an assertion expects with what its query found. */
export function judge({ name, logql, expect }: Assertion, found: readonly FoundEntry[]): AssertionResult {
  const [expected, got] = evidence(expect, found);
  return { name, logql, ok: JSON.stringify(expected) === JSON.stringify(got), expected, got };
}

function evidence(expect: Expectation, found: readonly FoundEntry[]): [expected: Evidence, got: Evidence] {
  switch (expect.kind) {
    case "none":
      return [0, found.length];
    case "some":
      return [1, Math.min(found.length, 1)];
    case "count":
      return [expect.count, found.length];
    case "lines":
      return compareLines([...expect.lines].sort(), found.map((entry) => entry.line).sort());
    case "counts":
      return [sortedCounts(expect.counts), sortedCounts(countBy(found, expect.by))];
  }
}

/** Lines in evidence; of more than these the lines that differ, or the mere count where none does. */
const SHOWN = 20;

function compareLines(
  expected: readonly string[],
  got: readonly string[],
): [expected: Evidence, got: Evidence] {
  if (expected.length <= SHOWN && got.length <= SHOWN) return [expected, got];
  const missing = without(expected, got);
  const unexpected = without(got, expected);
  if (missing.length === 0 && unexpected.length === 0) return [expected.length, got.length];
  return [missing.slice(0, SHOWN), unexpected.slice(0, SHOWN)];
}

/** The lines of `some` that are not in `others`, each as often as it is there too many times. */
function without(some: readonly string[], others: readonly string[]): string[] {
  const left = new Map<string, number>();
  for (const line of others) left.set(line, (left.get(line) ?? 0) + 1);
  return some.filter((line) => {
    const count = left.get(line) ?? 0;
    left.set(line, count - 1);
    return count <= 0;
  });
}

function countBy(found: readonly FoundEntry[], label: string): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const entry of found) {
    const value = entry.labels[label] ?? "";
    counts[value] = (counts[value] ?? 0) + 1;
  }
  return counts;
}

function sortedCounts(counts: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(counts).sort(([a], [b]) => (a < b ? -1 : 1)));
}

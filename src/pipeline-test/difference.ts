import { formatInstant, parseInstant, type Sent } from "../pipeline/index.ts";
import type { MapMatch, Match } from "./schema.ts";

/** One thing in which an entry is not as a match says. */
export interface Difference {
  /** Below the match: `["labels", "values", "job"]`, `["line"]`. */
  path: readonly string[];
  /** Undefined for what the match does not have. */
  expected: string | undefined;
  /** Undefined for what the entry does not have. */
  got: string | undefined;
}

/** Everything in which a sent entry differs from what a match asks for; nothing when it matches. */
export function differences(match: Match, sent: Sent): Difference[] {
  const found: Difference[] = [
    ...mapDifferences("labels", match.labels, sent.labels),
    ...mapDifferences("structured_metadata", match.structured_metadata, sent.structured_metadata),
  ];
  if (match.line !== undefined && match.line !== sent.line) {
    found.push({ path: ["line"], expected: match.line, got: sent.line });
  }
  if (match.timestamp !== undefined && String(parseInstant(match.timestamp)) !== sent.timestamp) {
    const got = sent.timestamp === null ? undefined : formatInstant(BigInt(sent.timestamp));
    found.push({ path: ["timestamp"], expected: match.timestamp, got });
  }
  return found;
}

function mapDifferences(
  field: "labels" | "structured_metadata",
  match: MapMatch | undefined,
  got: Readonly<Record<string, string>>,
): Difference[] {
  if (match === undefined) return [];
  const expected = new Map(Object.entries(match.values));
  const actual = new Map(Object.entries(got));
  const names = match.mode === "partial" ? expected.keys() : new Set([...expected.keys(), ...actual.keys()]);
  return [...names].flatMap((name) => {
    if (expected.get(name) === actual.get(name)) return [];
    return { path: [field, "values", name], expected: expected.get(name), got: actual.get(name) };
  });
}

import type { Sent } from "../pipeline/index.ts";
import type { Path, PlacedYaml } from "../yaml/index.ts";
import { differences, type Difference } from "./difference.ts";
import type { Failure } from "./failure.ts";
import type { SentAssertion } from "./schema.ts";

/**
 * Judges `assert.loki` on the entries that were sent. `count` asks for an exact number of matching entries,
 * `contains` for at least one.
 */
export function judgeSent(
  assertions: readonly SentAssertion[],
  sent: readonly Sent[],
  yaml: PlacedYaml,
): Failure[] {
  // What one assertion is content with is no candidate for what another should have meant.
  const claimed = new Set(
    assertions
      .filter(({ type }) => type === "contains")
      .flatMap(({ match }) => sent.filter((entry) => differences(match, entry).length === 0)),
  );
  return assertions.flatMap((assertion, at) => {
    const path = ["assert", "loki", at];
    const common = { assertion: `assert.loki[${at}]`, span: yaml.valueSpan(path) };
    const matching = sent.filter((entry) => differences(assertion.match, entry).length === 0).length;
    if (assertion.type === "count") {
      if (matching === assertion.count) return [];
      const failure = miscount(path, assertion.count ?? 0, matching, yaml);
      return [
        { ...common, ...failure, message: `${entries(matching)} ${matching === 1 ? "matches" : "match"}` },
      ];
    }
    if (matching > 0) return [];
    return [{ ...common, ...missing(path, assertion, nearest(assertion, sent, claimed)) }];
  });
}

/** The part of a failure that is about a number. */
export function miscount(
  path: Path,
  expected: number,
  got: number,
  yaml: PlacedYaml,
): Pick<Failure, "span" | "details" | "corrections"> {
  const count = [...path, "count"];
  return {
    span: yaml.valueSpan(count),
    details: [{ what: "count", expected: String(expected), got: String(got) }],
    corrections: [{ path: count, value: got }],
  };
}

/** `1 entry`, `3 entries`. */
export function entries(count: number): string {
  return count === 1 ? "1 entry" : `${count} entries`;
}

interface Nearest {
  entry: Sent;
  differences: readonly Difference[];
  /** False when another entry is as near. */
  only: boolean;
}

/**
 * The entry that an assertion most probably means: one with its line, if it asks for a line, and of these the one
 * that differs in the fewest things.
 */
function nearest({ match }: SentAssertion, sent: readonly Sent[], claimed: Set<Sent>): Nearest | undefined {
  const free = sent.filter((entry) => !claimed.has(entry));
  const ranked = (free.length > 0 ? free : sent)
    .map((entry) => ({ entry, differences: differences(match, entry) }))
    .map((one) => ({ ...one, otherLine: one.differences.some(({ path }) => path[0] === "line") }))
    .sort((a, b) => Number(a.otherLine) - Number(b.otherLine) || a.differences.length - b.differences.length);
  const [first, second] = ranked;
  if (first === undefined) return undefined;
  const tie = first.otherLine === second?.otherLine && first.differences.length === second.differences.length;
  const only = free.length > 0 && !tie;
  if (only) claimed.add(first.entry);
  return { ...first, only };
}

function missing(
  path: Path,
  assertion: SentAssertion,
  near: Nearest | undefined,
): Pick<Failure, "message" | "details" | "corrections"> {
  if (near === undefined) {
    const details = [{ what: "", expected: JSON.stringify(assertion.match), got: undefined }];
    return { message: "no entry matches: none was sent", details, corrections: [] };
  }
  const details = near.differences.map(({ path: [field = "", , name], expected, got }) => ({
    what: name === undefined ? field : `${field}.${name}`,
    expected: expected === undefined ? undefined : JSON.stringify(expected),
    got: got === undefined ? undefined : JSON.stringify(got),
  }));
  return {
    message: near.only ? "no entry matches; the nearest" : "no entry matches; one of the nearest",
    details,
    corrections: near.only && isExact(assertion, near.differences) ? corrections(path, near.differences) : [],
  };
}

/** True when every difference is in a value that the test asserts exactly. */
function isExact({ match }: SentAssertion, found: readonly Difference[]): boolean {
  return found.every(({ path: [field], got }) => {
    if (field === "labels" || field === "structured_metadata") return match[field]?.mode !== "partial";
    return got !== undefined;
  });
}

function corrections(path: Path, found: readonly Difference[]): Failure["corrections"] {
  return found.map((one) => ({ path: [...path, "match", ...one.path], value: one.got }));
}

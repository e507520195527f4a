import type { Dropped, Outcome } from "../pipeline/index.ts";
import type { PlacedYaml } from "../yaml/index.ts";
import type { Detail, Failure } from "./failure.ts";
import type { DroppedAssertion } from "./schema.ts";
import { entries, miscount } from "./sent.ts";

/**
 * Judges `assert.dropped`. With a count, exactly as many entries must be dropped so; without, at least one.
 *
 * @param lines the lines of the input entries, by index
 */
export function judgeDropped(
  assertions: readonly DroppedAssertion[],
  outcomes: readonly Outcome[],
  lines: readonly string[],
  yaml: PlacedYaml,
): Failure[] {
  const dropped = outcomes.filter((outcome) => outcome.outcome === "dropped");
  return assertions.flatMap((assertion, at) => {
    const path = ["assert", "dropped", at];
    const common = { assertion: `assert.dropped[${at}]`, span: yaml.valueSpan(path) };
    const matching = dropped.filter((drop) => isMeant(assertion, drop, lines)).length;
    if (assertion.count === undefined) {
      if (matching > 0) return [];
      const details = fates(assertion, outcomes, lines);
      return [{ ...common, message: "no entry was dropped so", details, corrections: [] }];
    }
    if (matching === assertion.count) return [];
    const failure = miscount(path, assertion.count, matching, yaml);
    const message = `${entries(matching)} ${matching === 1 ? "was" : "were"} dropped so`;
    return [{ ...common, ...failure, message }];
  });
}

function isMeant(
  { reason, at_stage: stage, line }: DroppedAssertion,
  drop: Dropped,
  lines: readonly string[],
): boolean {
  return (
    (reason === undefined || reason === drop.reason) &&
    (stage === undefined || stage === drop.stage || stage === `${drop.in} ${drop.stage}`) &&
    (line === undefined || drop.from.some((index) => lines[index] === line))
  );
}

/** What became of the entry that was meant, or of all where none is named. */
function fates(
  assertion: DroppedAssertion,
  outcomes: readonly Outcome[],
  lines: readonly string[],
): Detail[] {
  const { line, at_stage: stage, reason } = assertion;
  const meant = outcomes.filter(
    ({ from }) => line === undefined || from.some((index) => lines[index] === line),
  );
  const expected = `dropped${stage === undefined ? "" : ` at ${stage}`}${reason === undefined ? "" : ` (${reason})`}`;
  const got = [...new Set(meant.map(fate))].sort();
  if (line !== undefined && !lines.includes(line)) got.push("no such entry among the inputs");
  return [{ what: "", expected, got: got.length === 0 ? undefined : got.join("; ") }];
}

function fate(outcome: Outcome): string {
  if (outcome.outcome === "sent") return `sent to ${outcome.to}`;
  return `dropped at ${outcome.in} ${outcome.stage} (${outcome.reason})`;
}

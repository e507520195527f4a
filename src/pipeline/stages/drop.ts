import type { Arguments } from "../config/arguments.ts";
import { isLongerThan, textOf, type Entry } from "../entry.ts";
import type { Drop, Step } from "../receiver.ts";
import { Regex } from "../regex.ts";
import { quoteMeta } from "../regex.ts";
import { formatDuration } from "../time/go-time.ts";
import type { StageContext } from "./stage.ts";

type Condition = (entry: Entry) => boolean;

/** stage.drop: drops an entry for which all the given conditions hold. */
export function drop(args: Arguments, context: StageContext): Step {
  const sources = args.string("source", "") === "" ? [] : args.string("source").split(",");
  const value = args.string("value", "");
  const expression = args.string("expression", "");
  if (value !== "" && expression !== "") args.fail("value and expression cannot both be given", "value");
  if (value !== "" && sources.length === 0) args.fail("source is required when value is given", "value");
  const conditions: Condition[] = [];
  const words: string[] = [];
  if (args.has("longer_than") && args.bytes("longer_than") !== 0) {
    const limit = args.bytes("longer_than");
    conditions.push((entry) => isLongerThan(entry.line, limit));
    words.push(`the line is longer than ${limit} bytes`);
  }
  if (args.has("older_than") && args.duration("older_than") !== 0n) {
    const age = args.duration("older_than");
    // A time of reading is now, so never old.
    conditions.push((entry) => entry.timestamp !== null && entry.timestamp < context.clock() - age);
    words.push(`the entry is older than ${formatDuration(age)}`);
  }
  const regex =
    value === ""
      ? expression === ""
        ? undefined
        : args.regex("expression")
      : args.compile("value", () => new Regex(`^${quoteMeta(value)}$`));
  if (regex !== undefined) {
    conditions.push(matches(regex, sources, args.string("separator", "") || ";"));
    words.push(`${sources.length === 0 ? "the line" : sources.join(",")} ${describe(value, expression)}`);
  } else if (sources.length > 0) {
    conditions.push((entry) => sources.every((source) => entry.extracted.has(source)));
    words.push(`${sources.join(" and ")} ${sources.length === 1 ? "is" : "are"} there`);
  }
  if (conditions.length === 0) {
    args.fail("at least one of source, expression, older_than and longer_than is required");
  }
  const dropped: Drop = {
    reason: args.string("drop_counter_reason", "") || "drop_stage",
    detail: words.join(", and "),
  };
  return (entry) => (conditions.every((condition) => condition(entry)) ? dropped : undefined);
}

function describe(value: string, expression: string): string {
  return value === "" ? `matches ${expression}` : `is ${JSON.stringify(value)}`;
}

/** The line, or the keys that are there joined; a key without text (null) ends it without a match. */
function matches(regex: Regex, sources: readonly string[], separator: string): Condition {
  if (sources.length === 0) return (entry) => regex.test(entry.line);
  return (entry) => {
    const values: string[] = [];
    for (const source of sources) {
      const value = entry.extracted.get(source);
      if (value === undefined) continue;
      const text = textOf(value);
      if (text === undefined) return false;
      values.push(text);
    }
    return regex.test(values.join(separator));
  };
}

import { NAMED_LAYOUTS } from "./layout.ts";
import { parseTime } from "./parse.ts";

/**
 * A moment as a person gives it: RFC 3339 ("2026-11-22T06:00:00Z"), or seconds since 1970 with or without a
 * fraction. In nanoseconds since 1970; undefined when it is neither.
 */
export function parseInstant(text: string): bigint | undefined {
  const seconds = /^(\d{1,11})(?:\.(\d{1,9}))?$/.exec(text);
  if (seconds !== null) {
    const [, whole = "", fraction = ""] = seconds;
    return BigInt(whole + fraction.padEnd(9, "0"));
  }
  return parseTime(NAMED_LAYOUTS["RFC3339Nano"] ?? "", text)?.nanoseconds;
}

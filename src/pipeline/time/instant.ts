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

/** The reverse, RFC 3339 in UTC with three to nine digits after the point. */
export function formatInstant(nanoseconds: bigint): string {
  const second = 1_000_000_000n;
  const fraction = ((nanoseconds % second) + second) % second;
  const date = new Date(Number((nanoseconds - fraction) / second) * 1000);
  // Beyond what a Date can hold.
  if (Number.isNaN(date.getTime())) return `${nanoseconds} ns`;
  const digits = String(fraction)
    .padStart(9, "0")
    .replace(/0{1,6}$/, "");
  return date.toISOString().replace(/\.\d{3}Z$/, `.${digits}Z`);
}

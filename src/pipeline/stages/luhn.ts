import type { Arguments } from "../config/arguments.ts";
import { byteLength, runes } from "../bytes.ts";
import type { Step } from "../receiver.ts";

const MAX_INT64 = 2n ** 63n - 1n;

/** stage.luhn: digit runs that pass the Luhn check (card numbers) are replaced in the line. */
export function luhn(args: Arguments): Step {
  const replacement = args.string("replacement", "") || "**REDACTED**";
  const wanted = args.number("min_length", 13);
  const minLength = wanted < 1 ? 13 : wanted;
  const delimiters = new Set(args.string("delimiters", ""));
  const source = args.has("source") ? args.string("source") : undefined;
  if (source === "") args.fail("source must not be empty; leave it out to read the line", "source");
  return (entry) => {
    const input = source === undefined ? entry.line : entry.extracted.get(source);
    if (typeof input === "string") entry.line = redact(input, replacement, minLength, delimiters);
    return undefined;
  };
}

/** Numbers may be broken up by `delimiters`; one that follows the last digit stays. */
function redact(
  input: string,
  replacement: string,
  minLength: number,
  delimiters: ReadonlySet<string>,
): string {
  let result = "";
  let digits = "";
  let written = "";
  let trailing = "";
  const flush = (): void => {
    result += byteLength(digits) >= minLength && passesLuhn(digits) ? replacement + trailing : written;
    digits = written = trailing = "";
  };
  for (const char of input) {
    if (/\p{Nd}/u.test(char)) {
      digits += char;
      written += char;
      trailing = "";
    } else if (digits !== "" && delimiters.has(char)) {
      written += char;
      trailing = char;
    } else {
      flush();
      result += char;
    }
  }
  flush();
  return result;
}

function passesLuhn(digits: string): boolean {
  // Go reads the digits into an int64; what does not fit is no number.
  if (!/^\d+$/.test(digits) || BigInt(digits) > MAX_INT64) return false;
  let sum = 0;
  runes(digits)
    .reverse()
    .forEach((digit, position) => {
      const value = Number(digit) * (position % 2 === 1 ? 2 : 1);
      sum += value > 9 ? value - 9 : value;
    });
  return sum % 10 === 0;
}

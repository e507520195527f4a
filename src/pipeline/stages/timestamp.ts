import type { Arguments } from "../config/arguments.ts";
import { streamKey, textOf } from "../entry.ts";
import type { Step } from "../receiver.ts";
import { GoTime, momentOf } from "../time/go-time.ts";
import { NAMED_LAYOUTS } from "../time/layout.ts";
import { parseTime } from "../time/parse.ts";
import { loadZone, UTC, type Zone } from "../time/zone.ts";
import type { StageContext } from "./stage.ts";
import { isBefore } from "../version.ts";

/** Reads a time; undefined when the text is none in its format. */
type Parse = (text: string) => bigint | undefined;

/** Streams whose last time is remembered, as in Alloy. */
const MAX_STREAMS = 10_000;

/**
 * stage.timestamp: the entry's time from an extracted key. One that cannot be read is "fudged" to a nanosecond
 * after the last of its label set (or left, with `skip`); so is, from 1.17 on, one that equals the last one read.
 */
export function timestamp(args: Arguments, context: StageContext): Step {
  const source = args.string("source");
  const format = args.string("format");
  if (source === "" || format === "") args.fail("source and format are required");
  const zone = args.has("location") ? loadZone(args.string("location")) : UTC;
  if (zone === undefined) return args.fail(`there is no time zone ${args.string("location")}`, "location");
  const parsers = [format, ...args.strings("fallback_formats", [])].map((layout) =>
    parser(layout, zone, context),
  );
  const fudgesFailure = args.choice("action_on_failure", ["fudge", "skip"], "fudge") === "fudge";
  const onDuplicate = isBefore(context.alloyVersion, 1, 17) ? "keep" : "fudge";
  const fudgesDuplicate =
    args.choice("action_on_duplicate_timestamp", ["fudge", "keep"], onDuplicate) === "fudge";
  const last = new Map<string, { parsed: bigint; adjusted: bigint }>();

  function remember(key: string, parsed: bigint, adjusted: bigint): void {
    last.delete(key);
    last.set(key, { parsed, adjusted });
    if (last.size <= MAX_STREAMS) return;
    const [oldest = ""] = last.keys();
    last.delete(oldest);
  }

  return (entry) => {
    const text = textOf(entry.extracted.get(source));
    const parsed = text === undefined ? undefined : firstOf(parsers, text);
    if (parsed === undefined && !fudgesFailure) return undefined;
    if (parsed !== undefined) entry.timestamp = parsed;
    if (!fudgesFailure && !fudgesDuplicate) return undefined;
    const key = streamKey(entry.labels);
    const known = last.get(key);
    if (parsed === undefined) {
      if (known === undefined) return undefined;
      entry.timestamp = known.adjusted + 1n;
      remember(key, known.parsed, entry.timestamp);
      return undefined;
    }
    const adjusted = fudgesDuplicate && known?.parsed === parsed ? known.adjusted + 1n : parsed;
    entry.timestamp = adjusted;
    remember(key, parsed, adjusted);
    return undefined;
  };
}

function firstOf(parsers: readonly Parse[], text: string): bigint | undefined {
  for (const parse of parsers) {
    const time = parse(text);
    if (time !== undefined) return time;
  }
  return undefined;
}

const UNIX_UNITS: Readonly<Record<string, bigint>> = { UnixMs: 1_000_000n, UnixUs: 1000n, UnixNs: 1n };

function parser(format: string, zone: Zone, context: StageContext): Parse {
  if (format === "Unix") return parseUnix;
  const unit = UNIX_UNITS[format];
  if (unit !== undefined)
    return (text) => (isInteger(text) ? BigInt.asIntN(64, BigInt(text) * unit) : undefined);
  // The location applies to layouts of the user's own only.
  const named = NAMED_LAYOUTS[format];
  if (named !== undefined) return (text) => parseTime(named, text)?.nanoseconds;
  if (format.includes("06")) return (text) => parseTime(format, text, zone)?.nanoseconds;
  return (text) => withYear(parseTime(format, text, zone), zone, context.clock());
}

function isInteger(text: string): boolean {
  return /^[+-]?\d{1,19}$/.test(text);
}

function parseUnix(text: string): bigint | undefined {
  const [seconds = "", fraction, ...more] = text.split(".");
  if (more.length > 0 || !isInteger(seconds)) return undefined;
  const whole = BigInt(seconds) * 1_000_000_000n;
  if (fraction === undefined) return whole;
  if (!isInteger(fraction)) return undefined;
  return whole + BigInt(Math.trunc(Number(fraction) * 10 ** (9 - fraction.length)));
}

/** A time without a year is in the year of the present, or the one beside it around New Year. */
function withYear(time: GoTime | undefined, zone: Zone, now: bigint): bigint | undefined {
  if (time === undefined) return undefined;
  const civil = time.civil;
  if (civil.year !== 0) return undefined;
  const present = new GoTime(now).civil;
  const shift =
    civil.month === 12 && present.month === 1 ? -1 : civil.month === 1 && present.month === 12 ? 1 : 0;
  return momentOf({ ...civil, year: present.year + shift }, zone).nanoseconds;
}

import { parseDuration } from "../../../alloy/index.ts";
import { GoTime } from "../../time/go-time.ts";
import { parseTime } from "../../time/parse.ts";
import { loadZone, UTC } from "../../time/zone.ts";
import type { Functions } from "../execute.ts";
import { fn } from "../function.ts";
import { Duration, Int64, integerOf, TemplateError, type GoValue } from "../value.ts";
import { formatDuration } from "../../time/go-time.ts";

/** What date functions take for the present, in nanoseconds since 1970. */
export type Clock = () => bigint;

const ZERO_TIME = new GoTime(-62135596800_000_000_000n);

/** sprig's functions on dates; the machine's zone is taken to be UTC. */
export function dateFunctions(clock: Clock): Functions {
  const asTime = (value: GoValue): GoTime => {
    if (value instanceof GoTime) return value;
    const seconds = integerOf(value);
    return new GoTime(seconds === undefined ? clock() : seconds * 1_000_000_000n);
  };
  const inZone = (layout: string, value: GoValue, name: string): string => {
    return asTime(value)
      .in(loadZone(name) ?? UTC)
      .format(layout);
  };
  const modify = (text: string, time: GoTime): GoTime => {
    const duration = parseDuration(text);
    return duration === undefined ? time : new GoTime(time.nanoseconds + duration, time.zone);
  };
  return {
    now: fn([], () => new GoTime(clock())),
    toDate: fn(["string", "string"], (layout, text) => parseTime(layout, text) ?? ZERO_TIME),
    mustToDate: fn(["string", "string"], (layout, text) => {
      const time = parseTime(layout, text);
      if (time === undefined)
        throw new TemplateError(`error calling mustToDate: cannot parse ${JSON.stringify(text)}`);
      return time;
    }),
    date: fn(["string", "any"], (layout, value) => inZone(layout, value, "UTC")),
    dateInZone: fn(["string", "any", "string"], inZone),
    date_in_zone: fn(["string", "any", "string"], inZone),
    htmlDate: fn(["any"], (value) => inZone("2006-01-02", value, "UTC")),
    htmlDateInZone: fn(["any", "string"], (value, zone) => inZone("2006-01-02", value, zone)),
    dateModify: fn(["string", "time"], modify),
    date_modify: fn(["string", "time"], modify),
    mustDateModify: fn(["string", "time"], (text, time) => {
      if (parseDuration(text) === undefined)
        throw new TemplateError(`error calling mustDateModify: invalid duration`);
      return modify(text, time);
    }),
    unixEpoch: fn(["time"], (time) => time.unix.toString()),
    ago: fn(["any"], (value) => {
      const second = 1_000_000_000n;
      return formatDuration(((clock() - asTime(value).nanoseconds + second / 2n) / second) * second);
    }),
    duration: fn(["any"], (value) => {
      // An int, such as a literal in the template, is neither of what sprig looks for.
      const seconds =
        typeof value === "string"
          ? BigInt(/^-?\d+$/.test(value) ? value : 0)
          : value instanceof Int64
            ? value.value
            : 0n;
      return formatDuration(seconds * 1_000_000_000n);
    }),
    durationRound: fn(["any"], (value) => roundDuration(durationOf(value, clock))),
  };
}

function durationOf(value: GoValue, clock: Clock): bigint {
  if (value instanceof Duration) return value.value;
  if (value instanceof GoTime) return clock() - value.nanoseconds;
  return typeof value === "string" ? (parseDuration(value) ?? 0n) : (integerOf(value) ?? 0n);
}

/** The greatest unit that fits: "2h", "3d", "5mo", "1y". */
function roundDuration(nanoseconds: bigint): string {
  const seconds = Math.abs(Number(nanoseconds)) / 1e9;
  const sign = nanoseconds < 0n ? "-" : "";
  const units = [
    ["y", 365 * 86400],
    ["mo", 30 * 86400],
    ["d", 86400],
    ["h", 3600],
    ["m", 60],
    ["s", 1],
  ] as const;
  const unit = units.find(([, size]) => seconds >= size);
  return unit === undefined ? "0s" : `${sign}${Math.floor(seconds / unit[1])}${unit[0]}`;
}

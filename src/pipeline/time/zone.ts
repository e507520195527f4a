/** A time zone: what Go calls a Location. */
export interface Zone {
  readonly name: string;
  /** Seconds east of UTC and the abbreviation in force at a moment, given in seconds since 1970. */
  at(unixSeconds: number): { offset: number; abbreviation: string };
}

export const UTC: Zone = { name: "UTC", at: () => ({ offset: 0, abbreviation: "UTC" }) };

/** A zone with one offset; an empty name is shown as the offset. */
export function fixedZone(name: string, offset: number): Zone {
  return { name, at: () => ({ offset, abbreviation: name }) };
}

const CACHE_LIMIT = 4096;
const QUARTER = 900;

/** The IANA zone of that name, undefined when there is none. "" and "UTC" are UTC, as in Go's LoadLocation. */
export function loadZone(name: string): Zone | undefined {
  if (name === "" || name === "UTC") return UTC;
  let format: Intl.DateTimeFormat;
  try {
    format = new Intl.DateTimeFormat("en-GB", {
      timeZone: name,
      hourCycle: "h23",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
      timeZoneName: "short",
    });
  } catch {
    return undefined;
  }
  const cache = new Map<number, { offset: number; abbreviation: string }>();
  return {
    name,
    at(unixSeconds) {
      // Offsets only ever change on a quarter of an hour.
      const quarter = Math.floor(unixSeconds / QUARTER);
      const known = cache.get(quarter);
      if (known !== undefined) return known;
      if (cache.size >= CACHE_LIMIT) cache.clear();
      const found = lookUp(format, quarter * QUARTER);
      cache.set(quarter, found);
      return found;
    },
  };
}

function lookUp(format: Intl.DateTimeFormat, unixSeconds: number): { offset: number; abbreviation: string } {
  const parts = new Map(format.formatToParts(unixSeconds * 1000).map((part) => [part.type, part.value]));
  const number = (type: Intl.DateTimeFormatPartTypes): number => Number(parts.get(type));
  const wall = Date.UTC(
    number("year"),
    number("month") - 1,
    number("day"),
    number("hour"),
    number("minute"),
    number("second"),
  );
  return { offset: wall / 1000 - unixSeconds, abbreviation: parts.get("timeZoneName") ?? "" };
}

import { momentOf, type Civil, type GoTime } from "./go-time.ts";
import { DAYS, MONTHS, splitLayout, type Chunk } from "./layout.ts";
import { fixedZone, UTC, type Zone } from "./zone.ts";

/** What has been read of a text so far. */
interface Reading extends Civil {
  rest: string;
  yearDay: number | undefined;
  pm: boolean;
  am: boolean;
  zone: Zone | undefined;
  zoneName: string | undefined;
}

/**
 * Go's time.ParseInLocation (time.Parse when `zone` is UTC): the moment that `text` gives when it is written as
 * `layout`, undefined when it is not.
 */
export function parseTime(layout: string, text: string, zone: Zone = UTC): GoTime | undefined {
  const reading: Reading = {
    rest: text,
    year: 0,
    month: 0,
    day: 0,
    hour: 0,
    minute: 0,
    second: 0,
    nanosecond: 0,
    yearDay: undefined,
    pm: false,
    am: false,
    zone: undefined,
    zoneName: undefined,
  };
  const chunks = splitLayout(layout);
  for (const [index, chunk] of chunks.entries()) {
    const read =
      "literal" in chunk
        ? skip(reading, chunk.literal)
        : readElement(reading, chunk.element, chunks[index + 1]);
    if (!read) return undefined;
  }
  if (reading.rest !== "") return undefined;
  return settle(reading, zone);
}

/** Literal text must stand as it is; a run of spaces matches any run of spaces. */
function skip(reading: Reading, literal: string): boolean {
  for (let prefix = literal; prefix !== "";) {
    if (prefix.startsWith(" ")) {
      if (reading.rest !== "" && !reading.rest.startsWith(" ")) return false;
      prefix = prefix.replace(/^ +/, "");
      reading.rest = reading.rest.replace(/^ +/, "");
    } else {
      if (reading.rest.charAt(0) !== prefix.charAt(0)) return false;
      prefix = prefix.slice(1);
      reading.rest = reading.rest.slice(1);
    }
  }
  return true;
}

function readElement(reading: Reading, element: string, next: Chunk | undefined): boolean {
  switch (element) {
    case "2006":
      return take(reading, /^\d{4}/, (digits) => (reading.year = Number(digits)));
    case "06":
      return take(
        reading,
        /^\d{2}/,
        (digits) => (reading.year = Number(digits) + (Number(digits) >= 69 ? 1900 : 2000)),
      );
    case "January":
      return lookUp(reading, MONTHS, (month) => (reading.month = month + 1));
    case "Jan":
      return lookUp(reading, SHORT_MONTHS, (month) => (reading.month = month + 1));
    case "Monday":
      return lookUp(reading, DAYS, () => undefined);
    case "Mon":
      return lookUp(reading, SHORT_DAYS, () => undefined);
    case "01":
    case "1":
      return number(reading, element, 1, 12, (month) => (reading.month = month));
    case "_2":
    case "02":
    case "2":
      if (element === "_2" && reading.rest.startsWith(" ")) reading.rest = reading.rest.slice(1);
      return number(reading, element, 1, 31, (day) => (reading.day = day));
    case "__2":
    case "002":
      if (element === "__2") reading.rest = reading.rest.replace(/^ {1,2}/, "");
      return take(
        reading,
        element === "002" ? /^\d{3}/ : /^\d{1,3}/,
        (digits) => (reading.yearDay = Number(digits)),
      );
    case "15":
      return number(reading, element, 0, 23, (hour) => (reading.hour = hour));
    case "03":
    case "3":
      return number(reading, element, 0, 12, (hour) => (reading.hour = hour));
    case "04":
    case "4":
      return number(reading, element, 0, 59, (minute) => (reading.minute = minute));
    case "05":
    case "5":
      return readSeconds(reading, element, next);
    case "PM":
    case "pm":
      return take(reading, element === "PM" ? /^[AP]M/ : /^[ap]m/, (half) => {
        reading.pm = half.startsWith("P") || half.startsWith("p");
        reading.am = !reading.pm;
      });
    case "MST":
      return readZoneName(reading);
    default:
      return /^[.,]/.test(element) ? readFraction(reading, element) : readOffset(reading, element);
  }
}

const SHORT_MONTHS = MONTHS.map((month) => month.slice(0, 3));
const SHORT_DAYS = DAYS.map((day) => day.slice(0, 3));

function take(reading: Reading, pattern: RegExp, use: (text: string) => void): boolean {
  const match = pattern.exec(reading.rest);
  if (match === null) return false;
  reading.rest = reading.rest.slice(match[0].length);
  use(match[0]);
  return true;
}

function lookUp(reading: Reading, names: readonly string[], use: (index: number) => void): boolean {
  const text = reading.rest.toLowerCase();
  const index = names.findIndex((name) => text.startsWith(name.toLowerCase()));
  if (index === -1) return false;
  reading.rest = reading.rest.slice(names[index]?.length ?? 0);
  use(index);
  return true;
}

/** One or two digits; exactly two for an element with a leading zero. */
function number(
  reading: Reading,
  element: string,
  low: number,
  high: number,
  use: (value: number) => void,
): boolean {
  const pattern = element.startsWith("0") ? /^\d{2}/ : /^\d{1,2}/;
  let value = -1;
  return take(reading, pattern, (digits) => use((value = Number(digits)))) && value >= low && value <= high;
}

/** Seconds may carry a fraction that the layout does not mention. */
function readSeconds(reading: Reading, element: string, next: Chunk | undefined): boolean {
  if (!number(reading, element, 0, 59, (second) => (reading.second = second))) return false;
  const announced = next !== undefined && "element" in next && /^[.,]/.test(next.element);
  if (!announced) take(reading, /^[.,]\d+/, (text) => (reading.nanosecond = nanoseconds(text)));
  return true;
}

function readFraction(reading: Reading, element: string): boolean {
  if (element.charAt(1) === "9") {
    take(reading, /^[.,]\d+/, (text) => (reading.nanosecond = nanoseconds(text)));
    return true;
  }
  if (!/^[.,]\d+/.test(reading.rest)) return false;
  const text = reading.rest.slice(0, element.length);
  if (!/^[.,]\d+$/.test(text) || text.length < element.length) return false;
  reading.nanosecond = nanoseconds(text);
  reading.rest = reading.rest.slice(element.length);
  return true;
}

function nanoseconds(fraction: string): number {
  return Number(fraction.slice(1, 10).padEnd(9, "0"));
}

function readOffset(reading: Reading, element: string): boolean {
  if (element.startsWith("Z") && reading.rest.startsWith("Z")) {
    reading.rest = reading.rest.slice(1);
    reading.zone = UTC;
    return true;
  }
  const separator = element.includes(":") ? ":" : "";
  const fields = element.replace(/\D/g, "").length / 2;
  const length = 1 + fields * 2 + (fields - 1) * separator.length;
  const text = reading.rest.slice(0, length);
  const match = /^([+-])(\d{2})(?::?(\d{2}))?(?::?(\d{2}))?$/.exec(text);
  if (match === null || text.length !== length || (separator === ":" && fields > 1 && text.charAt(3) !== ":"))
    return false;
  const [, sign, hours = "0", minutes = "0", seconds = "0"] = match;
  if (Number(hours) > 24 || Number(minutes) >= 60 || Number(seconds) >= 60) return false;
  const size = Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
  reading.zone = size === 0 ? UTC : fixedZone("", sign === "-" ? -size : size);
  reading.rest = reading.rest.slice(length);
  return true;
}

function readZoneName(reading: Reading): boolean {
  if (reading.rest.startsWith("UTC")) {
    reading.rest = reading.rest.slice(3);
    reading.zone = UTC;
    return true;
  }
  return take(
    reading,
    /^(?:GMT[+-]\d{1,2}|ChST|MeST|WITA|[A-Z]{4}T|[A-Z]{3}T|[A-Z]{3}(?![A-Z])|[+-]\d{2,4})/,
    (name) => {
      reading.zoneName = name;
    },
  );
}

function settle(reading: Reading, zone: Zone): GoTime | undefined {
  const civil: Civil = { ...reading, month: reading.month || 1, day: reading.day || 1 };
  if (reading.yearDay !== undefined) {
    if (reading.yearDay < 1 || reading.yearDay > (daysIn(2, civil.year) === 29 ? 366 : 365)) return undefined;
    if (reading.month === 0) Object.assign(civil, { month: 1, day: reading.yearDay });
  }
  if (reading.yearDay === undefined && civil.day > daysIn(civil.month, civil.year)) return undefined;
  if (reading.pm && civil.hour < 12) civil.hour += 12;
  if (reading.am && civil.hour === 12) civil.hour = 0;
  if (reading.zone !== undefined) return momentOf(civil, reading.zone);
  if (reading.zoneName !== undefined) return momentOf(civil, namedZone(reading.zoneName, civil, zone));
  return momentOf(civil, zone);
}

/** An abbreviation means what it means in the given location; elsewhere Go takes the time for UTC. */
function namedZone(name: string, civil: Civil, zone: Zone): Zone {
  const there = momentOf(civil, zone);
  return zone.at(Number(there.unix)).abbreviation === name ? zone : fixedZone(name, 0);
}

function daysIn(month: number, year: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}

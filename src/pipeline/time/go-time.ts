import { DAYS, MONTHS, splitLayout } from "./layout.ts";
import { UTC, type Zone } from "./zone.ts";

const SECOND = 1_000_000_000n;

/** A date and a time of day as a clock in some zone shows them. `month` and `day` start at 1. */
export interface Civil {
  year: number;
  month: number;
  day: number;
  hour: number;
  minute: number;
  second: number;
  nanosecond: number;
}

/** A moment with the zone it is shown in: Go's time.Time. */
export class GoTime {
  readonly nanoseconds: bigint;
  readonly zone: Zone;

  constructor(nanoseconds: bigint, zone: Zone = UTC) {
    this.nanoseconds = nanoseconds;
    this.zone = zone;
  }

  /** Seconds since 1970, rounded down. */
  get unix(): bigint {
    const whole = this.nanoseconds / SECOND;
    return this.nanoseconds < 0n && this.nanoseconds % SECOND !== 0n ? whole - 1n : whole;
  }

  get offset(): number {
    return this.zone.at(Number(this.unix)).offset;
  }

  get civil(): Civil {
    const seconds = Number(this.unix) + this.offset;
    const date = new Date(seconds * 1000);
    return {
      year: date.getUTCFullYear(),
      month: date.getUTCMonth() + 1,
      day: date.getUTCDate(),
      hour: date.getUTCHours(),
      minute: date.getUTCMinutes(),
      second: date.getUTCSeconds(),
      nanosecond: Number(this.nanoseconds - this.unix * SECOND),
    };
  }

  /** 0 is Sunday. */
  get weekday(): number {
    return new Date((Number(this.unix) + this.offset) * 1000).getUTCDay();
  }

  in(zone: Zone): GoTime {
    return new GoTime(this.nanoseconds, zone);
  }

  /** Go's Time.Format. */
  format(layout: string): string {
    let text = "";
    for (const chunk of splitLayout(layout))
      text += "literal" in chunk ? chunk.literal : this.#element(chunk.element);
    return text;
  }

  toString(): string {
    return this.format("2006-01-02 15:04:05.999999999 -0700 MST");
  }

  #element(element: string): string {
    const { year, month, day, hour, minute, second, nanosecond } = this.civil;
    const two = (value: number): string => String(value).padStart(2, "0");
    switch (element) {
      case "2006":
        return String(year).padStart(4, "0");
      case "06":
        return two(year % 100);
      case "January":
        return MONTHS[month - 1] ?? "";
      case "Jan":
        return (MONTHS[month - 1] ?? "").slice(0, 3);
      case "01":
        return two(month);
      case "1":
        return String(month);
      case "Monday":
        return DAYS[this.weekday] ?? "";
      case "Mon":
        return (DAYS[this.weekday] ?? "").slice(0, 3);
      case "02":
        return two(day);
      case "_2":
        return String(day).padStart(2);
      case "2":
        return String(day);
      case "002":
        return String(dayOfYear(this.civil)).padStart(3, "0");
      case "__2":
        return String(dayOfYear(this.civil)).padStart(3);
      case "15":
        return two(hour);
      case "03":
        return two(hour % 12 || 12);
      case "3":
        return String(hour % 12 || 12);
      case "04":
        return two(minute);
      case "4":
        return String(minute);
      case "05":
        return two(second);
      case "5":
        return String(second);
      case "PM":
        return hour >= 12 ? "PM" : "AM";
      case "pm":
        return hour >= 12 ? "pm" : "am";
      case "MST":
        return this.zone.at(Number(this.unix)).abbreviation || formatOffset(this.offset, "-0700");
      default:
        return /^[.,]/.test(element)
          ? formatFraction(nanosecond, element)
          : formatOffset(this.offset, element);
    }
  }
}

/** The moment at which a clock in `zone` shows `civil`; as in Go, fields may run over (hour 25). */
export function momentOf(civil: Civil, zone: Zone): GoTime {
  const wall = civilSeconds(civil);
  const offset = zone.at(wall - zone.at(wall).offset).offset;
  return new GoTime(BigInt(wall - offset) * SECOND + BigInt(civil.nanosecond), zone);
}

function civilSeconds({ year, month, day, hour, minute, second }: Civil): number {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  date.setUTCHours(hour, minute, second);
  return date.getTime() / 1000;
}

function dayOfYear(civil: Civil): number {
  const start = civilSeconds({ ...civil, month: 1, day: 1, hour: 0, minute: 0, second: 0 });
  const today = civilSeconds({ ...civil, hour: 0, minute: 0, second: 0 });
  return (today - start) / 86400 + 1;
}

function formatFraction(nanosecond: number, element: string): string {
  const digits = String(nanosecond)
    .padStart(9, "0")
    .slice(0, element.length - 1);
  if (element.charAt(1) === "0") return element.charAt(0) + digits;
  const trimmed = digits.replace(/0+$/, "");
  return trimmed === "" ? "" : element.charAt(0) + trimmed;
}

function formatOffset(offset: number, element: string): string {
  if (element.startsWith("Z") && offset === 0) return "Z";
  const size = Math.abs(offset);
  const parts = [Math.floor(size / 3600), Math.floor(size / 60) % 60, size % 60].map((part) =>
    String(part).padStart(2, "0"),
  );
  const shown = parts.slice(0, element.replace(/\D/g, "").length / 2);
  return (offset < 0 ? "-" : "+") + shown.join(element.includes(":") ? ":" : "");
}

/** Go's Duration.String: "1h2m3.5s", "1.5ms", "0s". */
export function formatDuration(nanoseconds: bigint): string {
  if (nanoseconds === 0n) return "0s";
  const sign = nanoseconds < 0n ? "-" : "";
  const size = nanoseconds < 0n ? -nanoseconds : nanoseconds;
  if (size < SECOND) {
    const [unit, digits] =
      size < 1000n ? ["ns", 0] : size < 1_000_000n ? ["\u00b5s", 3] : (["ms", 6] as const);
    return sign + decimal(size, digits) + unit;
  }
  const seconds = size % (60n * SECOND);
  const minutes = (size / (60n * SECOND)) % 60n;
  const hours = size / (3600n * SECOND);
  const head = hours > 0n ? `${hours}h${minutes}m` : minutes > 0n ? `${minutes}m` : "";
  return `${sign}${head}${decimal(seconds, 9)}s`;
}

function decimal(value: bigint, digits: number): string {
  const text = value.toString().padStart(digits + 1, "0");
  const fraction = text.slice(text.length - digits).replace(/0+$/, "");
  const whole = text.slice(0, text.length - digits);
  return digits === 0 || fraction === "" ? whole : `${whole}.${fraction}`;
}

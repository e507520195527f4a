import { GoTime } from "../time/go-time.ts";
import { DAYS, MONTHS } from "../time/layout.ts";
import { UTC } from "../time/zone.ts";
import { fn, type GoFunction } from "./function.ts";
import { Int64, type GoValue } from "./value.ts";

/** The methods of time.Time that a template can reach, by name, for one moment. */
const METHODS: Readonly<Record<string, (time: GoTime) => GoFunction>> = {
  Format: (time) => fn(["string"], (layout) => time.format(layout)),
  String: (time) => fn([], () => time.toString()),
  Unix: (time) => fn([], () => new Int64(time.unix)),
  UnixMilli: (time) => fn([], () => new Int64(time.nanoseconds / 1_000_000n)),
  UnixMicro: (time) => fn([], () => new Int64(time.nanoseconds / 1000n)),
  UnixNano: (time) => fn([], () => new Int64(time.nanoseconds)),
  UTC: (time) => fn([], () => time.in(UTC)),
  Year: (time) => fn([], () => BigInt(time.civil.year)),
  Month: (time) => fn([], () => MONTHS[time.civil.month - 1]),
  Day: (time) => fn([], () => BigInt(time.civil.day)),
  Hour: (time) => fn([], () => BigInt(time.civil.hour)),
  Minute: (time) => fn([], () => BigInt(time.civil.minute)),
  Second: (time) => fn([], () => BigInt(time.civil.second)),
  Nanosecond: (time) => fn([], () => BigInt(time.civil.nanosecond)),
  Weekday: (time) => fn([], () => DAYS[time.weekday]),
  After: (time) => fn(["time"], (other) => time.nanoseconds > other.nanoseconds),
  Before: (time) => fn(["time"], (other) => time.nanoseconds < other.nanoseconds),
  Equal: (time) => fn(["time"], (other) => time.nanoseconds === other.nanoseconds),
};

/** The method `name` of a value, bound to it; undefined when it has none. */
export function timeMethod(receiver: GoValue, name: string): GoFunction | undefined {
  return receiver instanceof GoTime && Object.hasOwn(METHODS, name) ? METHODS[name]?.(receiver) : undefined;
}

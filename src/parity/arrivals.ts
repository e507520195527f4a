/** A log entry as Loki holds it. */
export interface Arrival {
  labels: Readonly<Record<string, string>>;
  /** Nanoseconds since 1970 in decimal; null for the time of reading, which no two runs share. */
  timestamp: string | null;
  line: string;
  structured_metadata: Readonly<Record<string, string>>;
  /** The tenant that a stage chose; null for that of the connection. */
  tenant: string | null;
}

/** What Loki shows of what was pushed to it. */
export interface Arrivals {
  streams: number;
  entries: number;
  /** By all that Loki keeps of an entry: one of the entries, and how many there are. */
  byKey: ReadonlyMap<string, Held>;
}

interface Held {
  arrival: Arrival;
  count: number;
}

/** One entry that only one side has, or two that are the same but for something. */
export interface ArrivalDifference {
  left: Arrival | undefined;
  right: Arrival | undefined;
  /** Why it may be: the two programs differ there whatever the configuration says. */
  allowed?: "program";
}

export interface ArrivalComparison {
  /** Entries that are the same on both sides. */
  equal: number;
  /** By time. */
  differences: readonly ArrivalDifference[];
}

/** True for what Loki takes for a tenant; entries of others it refuses. */
export function isTenant(name: string): boolean {
  return /^[A-Za-z0-9!_.*'()-]{1,150}$/.test(name) && name !== "." && name !== "..";
}

/**
 * Entries as they are seen through Loki: exact duplicates once, not those of a tenant that Loki refuses, nor a
 * stream that holds only empty lines, which a query does not return. What has no time of its own is never a duplicate.
 */
export function asSeenByLoki(pushed: Iterable<Arrival>): Arrivals {
  const streams = new Map<string, { lines: boolean; entries: Map<string, Held> }>();
  for (const arrival of pushed) {
    const { labels, timestamp, line, structured_metadata, tenant } = arrival;
    if (tenant !== null && !isTenant(tenant)) continue;
    const stream = JSON.stringify([tenant, sorted(labels)]);
    const known = streams.get(stream) ?? { lines: false, entries: new Map<string, Held>() };
    streams.set(stream, known);
    if (line !== "") known.lines = true;
    const key = JSON.stringify([stream, timestamp, line, sorted(structured_metadata)]);
    const same = known.entries.get(key);
    if (same === undefined) known.entries.set(key, { arrival, count: 1 });
    else if (timestamp === null) same.count += 1;
  }
  const shown = [...streams.values()].filter(({ lines }) => lines);
  const byKey = new Map(shown.flatMap(({ entries }) => [...entries]));
  const entries = [...byKey.values()].reduce((sum, { count }) => sum + count, 0);
  return { streams: shown.length, entries, byKey };
}

/** What the two programs do with the same configuration, which no migration can change. */
export interface Programs {
  /** By the model of Promtail. */
  promtail: Arrivals;
  /** By the model of Alloy, with the conversion that loses nothing. */
  lossless: Arrivals;
}

/**
 * Compares what arrived of two senders, of which `left` is Promtail's side where `programs` are given: then a
 * difference that these show too is allowed, for it is the programs' doing and not the configuration's.
 */
export function compareArrivals(left: Arrivals, right: Arrivals, programs?: Programs): ArrivalComparison {
  const [missing, extra] = [surplus(left, right), surplus(right, left)];
  const partners = new Partners(extra);
  const pairs: Pair[] = missing.map((one) => ({ left: one, right: partners.take(one.arrival) }));
  for (const one of partners.rest()) pairs.push({ left: undefined, right: one });
  const differences = pairs.map((pair): ArrivalDifference => ({
    left: pair.left?.arrival,
    right: pair.right?.arrival,
    ...(programs !== undefined && isTheirDoing(pair, programs) ? { allowed: "program" } : {}),
  }));
  differences.sort((one, other) => Number(timeOf(one) - timeOf(other)));
  return { equal: left.entries - missing.length, differences };
}

interface Pair {
  left: Surplus | undefined;
  right: Surplus | undefined;
}

function isTheirDoing({ left, right }: Pair, { promtail, lossless }: Programs): boolean {
  const only = (one: Surplus | undefined, here: Arrivals, there: Arrivals): boolean =>
    one === undefined || (here.byKey.has(one.key) && !there.byKey.has(one.key));
  return only(left, promtail, lossless) && only(right, lossless, promtail);
}

interface Surplus {
  key: string;
  arrival: Arrival;
}

/** The entries that one side has more of. */
function surplus(side: Arrivals, other: Arrivals): Surplus[] {
  return [...side.byKey].flatMap(([key, { arrival, count }]) => {
    const more = Math.max(0, count - (other.byKey.get(key)?.count ?? 0));
    return Array.from({ length: more }, () => ({ key, arrival }));
  });
}

/** Entries of the other side that wait for the one that they are meant to be: of the same time, else of the same line. */
class Partners {
  readonly #left = new Set<Surplus>();
  readonly #byTime: ReadonlyMap<string | null, Surplus[]>;
  readonly #byLine: ReadonlyMap<string, Surplus[]>;

  constructor(all: readonly Surplus[]) {
    for (const one of all) this.#left.add(one);
    this.#byTime = Map.groupBy(all, ({ arrival }) => arrival.timestamp);
    this.#byLine = Map.groupBy(all, ({ arrival }) => arrival.line);
  }

  take({ timestamp, line }: Arrival): Surplus | undefined {
    const waits = (one: Surplus): boolean => this.#left.has(one);
    const atTime = this.#byTime.get(timestamp) ?? [];
    const found =
      atTime.find((one) => waits(one) && one.arrival.line === line) ??
      atTime.find(waits) ??
      this.#byLine.get(line)?.find(waits);
    if (found !== undefined) this.#left.delete(found);
    return found;
  }

  rest(): Iterable<Surplus> {
    return this.#left;
  }
}

function timeOf({ left, right }: ArrivalDifference): bigint {
  return BigInt(left?.timestamp ?? right?.timestamp ?? 0);
}

function sorted(map: Readonly<Record<string, string>>): [string, string][] {
  return Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1));
}

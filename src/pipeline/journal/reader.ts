import { Buffer } from "node:buffer";
import type { Diagnostic } from "../../diagnostics/index.ts";
import { fromUtf8 } from "../bytes.ts";
import { isMalformed, parseJournalJson, type JournalEntry, type JournalFields } from "./entry.ts";
import { BYTES, ESCAPED, FieldSpans, hashOf, PLAIN } from "./field-spans.ts";

const TIME = "__REALTIME_TIMESTAMP";
const decoder = new TextDecoder();
/** Buckets of the table of wanted names; a power of two. */
const BUCKETS = 128;

interface Wanted {
  name: string;
  bytes: Uint8Array;
  hash: number;
  slot: number;
}

/**
 * Reads lines of `journalctl -o json` as `parseJournalJson` does. Of a line only the wanted fields become text; all
 * others do when one that was not wanted is asked for.
 */
export class JournalReader {
  readonly #spans = new FieldSpans();
  /** Where the text of each wanted field is kept; 0 is the time. */
  readonly #slots = new Map<string, number>();
  readonly #buckets: readonly Wanted[][];
  readonly #nothing: readonly undefined[];

  /** @param wanted names of the fields that are likely to be looked at */
  constructor(wanted: Iterable<string>) {
    const names = [...wanted].filter((name) => !name.startsWith("__"));
    for (const name of names) if (!this.#slots.has(name)) this.#slots.set(name, this.#slots.size + 1);
    this.#nothing = Array.from({ length: this.#slots.size + 1 }, () => undefined);
    const table = Array.from({ length: BUCKETS }, (): Wanted[] => []);
    for (const [name, slot] of [[TIME, 0] as const, ...this.#slots]) {
      const bytes = Buffer.from(name);
      const hash = hashOf(bytes);
      table[hash & (BUCKETS - 1)]?.push({ name, bytes, hash, slot });
    }
    this.#buckets = table;
  }

  /**
   * @param line UTF-8 without its line feed
   * @param index for the message alone
   */
  read(line: Buffer, index: number): JournalEntry | Diagnostic {
    const spans = this.#spans;
    if (!spans.scan(line)) return parseJournalJson(decoder.decode(line), index);
    const values: (string | undefined)[] = [...this.#nothing];
    for (let field = 0; field < spans.count; field++) {
      const slot = this.#slotOf(line, field);
      // Of a field that stands there twice, the last counts, as for JSON.parse.
      if (slot !== -1) values[slot] = fieldText(line, spans, field, slot);
    }
    const time = nanoseconds(values[0]);
    if (time === undefined) return parseJournalJson(decoder.decode(line), index);
    return { fields: new LineFields(line, this.#slots, values), timestamp: time };
  }

  #slotOf(line: Uint8Array, field: number): number {
    const hash = this.#spans.nameHash(field);
    const start = this.#spans.nameStart(field);
    const length = this.#spans.nameEnd(field) - start;
    for (const wanted of this.#buckets[hash & (BUCKETS - 1)] ?? []) {
      if (wanted.hash !== hash || wanted.bytes.length !== length) continue;
      let same = 0;
      while (same < length && wanted.bytes[same] === line[start + same]) same++;
      if (same === length) return wanted.slot;
    }
    return -1;
  }
}

/** The fields of a line, of which the wanted ones have been read. */
class LineFields implements JournalFields {
  #line: Buffer | undefined;
  #all: JournalFields | undefined;
  readonly #slots: ReadonlyMap<string, number>;
  readonly #values: readonly (string | undefined)[];

  constructor(line: Buffer, slots: ReadonlyMap<string, number>, values: readonly (string | undefined)[]) {
    this.#line = line;
    this.#slots = slots;
    this.#values = values;
  }

  get(name: string): string | undefined {
    const slot = this.#slots.get(name);
    return slot === undefined ? this.#everything().get(name) : this.#values[slot];
  }

  [Symbol.iterator](): Iterator<readonly [name: string, value: string]> {
    return this.#everything()[Symbol.iterator]();
  }

  #everything(): JournalFields {
    if (this.#line === undefined) return this.#all ?? new Map<string, string>();
    const entry = parseJournalJson(decoder.decode(this.#line), 0);
    this.#line = undefined;
    return (this.#all = isMalformed(entry) ? new Map<string, string>() : entry.fields);
  }
}

function fieldText(line: Buffer, spans: FieldSpans, field: number, slot: number): string | undefined {
  const start = spans.valueStart(field);
  const end = spans.valueEnd(field);
  switch (spans.kind(field)) {
    case PLAIN:
      return line.toString("utf8", start, end);
    case ESCAPED:
      return JSON.parse(line.toString("utf8", start - 1, end + 1)) as string;
    case BYTES:
      // Bytes are no time.
      return slot === 0
        ? undefined
        : fromUtf8(Uint8Array.from(line.toString("latin1", start, end).split(","), Number));
    default:
      return undefined;
  }
}

/** The time of an entry; undefined when it is none in microseconds. */
function nanoseconds(text: string | undefined): bigint | undefined {
  if (text === undefined || !/^\d{1,20}$/.test(text)) return undefined;
  return BigInt(text) * 1000n;
}

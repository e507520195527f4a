import { isAscii } from "node:buffer";
import type { Diagnostic } from "../../diagnostics/index.ts";
import { fromUtf8 } from "../bytes.ts";
import { isMalformed, parseJournalJson, type JournalEntry, type JournalFields } from "./entry.ts";
import { BYTES, ESCAPED, FieldSpans, PLAIN } from "./field-spans.ts";

const TIME = "__REALTIME_TIMESTAMP";
/** Buckets of the table of wanted names; a power of two. */
const BUCKETS = 256;
/** Values that are remembered of each wanted field; a power of two. */
const REMEMBERED = 32;
/** Values that are longer are hardly ever the same. */
const REPEATED_LENGTH = 64;

const decoder = new TextDecoder();

interface Wanted {
  name: string;
  /** Where its text is kept; 0 is the time. */
  slot: number;
  /** Texts that it had lately: most values of a journal come again and again, and need not be made again. */
  lately: string[];
}

/**
 * Reads lines of `journalctl -o json` as `parseJournalJson` does. Of a line only the wanted fields become text; all
 * others do when one that was not wanted is asked for.
 */
export class JournalReader {
  /** Entries read so far, malformed ones too. */
  count = 0;
  readonly #slots = new Map<string, number>();
  readonly #buckets: readonly Wanted[][];

  /** @param wanted names of the fields that are likely to be looked at */
  constructor(wanted: Iterable<string>) {
    this.#buckets = Array.from({ length: BUCKETS }, () => []);
    this.#want(TIME, 0);
    for (const name of wanted) {
      // What begins with two underscores is an address, and no field.
      if (!/^(?!__)[\u0020-\u007e]+$/.test(name) || this.#slots.has(name)) continue;
      this.#slots.set(name, this.#slots.size + 1);
      this.#want(name, this.#slots.size);
    }
  }

  #want(name: string, slot: number): void {
    const lately = Array.from({ length: REMEMBERED }, () => "");
    this.#buckets[bucketOf(name, 0, name.length)]?.push({ name, slot, lately });
  }

  /**
   * The entries of whole lines; blank lines are none.
   *
   * @param lines UTF-8, the last line with or without its line feed
   */
  *read(lines: Buffer): Generator<JournalEntry | Diagnostic, void, undefined> {
    const text = lines.toString("latin1");
    // Which no line has that journalctl wrote, and no string may have in JSON: JSON.parse tells where they stand.
    const strange = /[\u0000-\u0009\u000b-\u001f]/.test(text);
    const spans = new FieldSpans(text);
    const page: Page = { lines, text, ascii: isAscii(lines) };
    for (let start = 0, end; start < text.length; start = end + 1) {
      end = text.indexOf("\n", start);
      if (end === -1) end = text.length;
      const entry = strange || !spans.scan(start, end) ? undefined : this.#entry(page, spans, start, end);
      if (entry !== undefined) {
        this.count++;
        yield entry;
        continue;
      }
      const line = decoder.decode(lines.subarray(start, end));
      if (line.trim() !== "") yield parseJournalJson(line, this.count++);
    }
  }

  #entry(page: Page, spans: FieldSpans, start: number, end: number): JournalEntry | undefined {
    const { text } = page;
    const line = page.lines.subarray(start, end);
    const ascii = page.ascii || isAscii(line);
    const values = new Array<string | undefined>(this.#slots.size);
    let timestamp: bigint | undefined;
    for (let field = 0; field < spans.count; field++) {
      const wanted = this.#wanted(text, spans.nameStart(field), spans.nameEnd(field));
      if (wanted === undefined) continue;
      // Of a field that stands there twice the last counts, as for JSON.parse.
      if (wanted.slot === 0) timestamp = nanoseconds(text, spans, field);
      else values[wanted.slot - 1] = fieldText(page, spans, field, ascii ? wanted.lately : undefined);
    }
    if (timestamp === undefined) return undefined;
    return { fields: new LineFields(line, this.#slots, values), timestamp };
  }

  #wanted(text: string, start: number, end: number): Wanted | undefined {
    const bucket = this.#buckets[bucketOf(text, start, end)] ?? [];
    for (const wanted of bucket) {
      if (wanted.name.length === end - start && text.startsWith(wanted.name, start)) return wanted;
    }
    return undefined;
  }
}

/** Lines as bytes and as Latin-1, a character a byte. */
interface Page {
  lines: Buffer;
  text: string;
  ascii: boolean;
}

/** Names of fields share beginnings, ends and lengths, but seldom all of these. */
function bucketOf(text: string, start: number, end: number): number {
  const middle = text.charCodeAt(start + ((end - start) >> 1));
  return ((end - start) * 41 + middle * 7 + text.charCodeAt(end - 1) * 3) & (BUCKETS - 1);
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
    return slot === undefined ? this.#everything().get(name) : this.#values[slot - 1];
  }

  [Symbol.iterator](): Iterator<readonly [name: string, value: string]> {
    return this.#everything()[Symbol.iterator]();
  }

  #everything(): JournalFields {
    if (this.#all !== undefined) return this.#all;
    const entry = parseJournalJson(decoder.decode(this.#line), 0);
    // The line stands in a larger piece of memory, which is not to be kept for it.
    this.#line = undefined;
    return (this.#all = isMalformed(entry) ? new Map<string, string>() : entry.fields);
  }
}

/** The text of a field, as parseJournalJson has it. `lately` is given where the line is ASCII. */
function fieldText(page: Page, spans: FieldSpans, field: number, lately?: string[]): string | undefined {
  const start = spans.valueStart(field);
  const end = spans.valueEnd(field);
  switch (spans.kind(field)) {
    case PLAIN:
      return lately === undefined
        ? page.lines.toString("utf8", start, end)
        : plainText(page, start, end, lately);
    case ESCAPED:
      return JSON.parse(page.lines.toString("utf8", start - 1, end + 1)) as string;
    case BYTES:
      return fromUtf8(Uint8Array.from(page.text.slice(start, end).split(","), Number));
    default:
      return undefined;
  }
}

/** ASCII as text: a copy, so that what is kept of a line does not keep all lines, or the same text as lately. */
function plainText({ lines, text }: Page, start: number, end: number, lately: string[]): string {
  const length = end - start;
  if (length > REPEATED_LENGTH || length === 0) return lines.toString("latin1", start, end);
  const place = (length + text.charCodeAt(start) * 5 + text.charCodeAt(end - 1) * 3) & (REMEMBERED - 1);
  const known = lately[place] ?? "";
  if (known.length === length && text.startsWith(known, start)) return known;
  return (lately[place] = lines.toString("latin1", start, end));
}

/** The time of an entry; undefined when it is none in microseconds, or too large for this. */
function nanoseconds(text: string, spans: FieldSpans, field: number): bigint | undefined {
  const start = spans.valueStart(field);
  const end = spans.valueEnd(field);
  if (spans.kind(field) !== PLAIN || start === end) return undefined;
  let number = 0;
  for (let at = start; at < end; at++) {
    const digit = text.charCodeAt(at) - 0x30;
    if (digit < 0 || digit > 9) return undefined;
    number = number * 10 + digit;
  }
  return number <= Number.MAX_SAFE_INTEGER ? BigInt(number) * 1000n : undefined;
}

import { error, type Diagnostic } from "../../diagnostics/index.ts";
import { fromUtf8 } from "../bytes.ts";

/** An entry of the journal as Alloy reads it. */
export interface JournalEntry {
  /** By their names in the journal; of a field that stands there several times, the last value. */
  fields: JournalFields;
  /** When it was written, in nanoseconds since 1970. */
  timestamp: bigint;
}

/** Fields by their names; a Map is one. */
export interface JournalFields extends Iterable<readonly [name: string, value: string]> {
  get(name: string): string | undefined;
}

/**
 * One entry as `journalctl -o json` prints it: text or an already parsed object. Field values are strings, arrays of
 * byte numbers (binary), arrays of either (a repeated field), or null (too long for journalctl without --all; such
 * a field is left out). Addresses such as __CURSOR are no fields. `index` is for the message alone.
 */
export function parseJournalJson(input: unknown, index: number): JournalEntry | Diagnostic {
  const data = typeof input === "string" ? parseLine(input) : input;
  if (typeof data !== "object" || data === null || Array.isArray(data)) {
    return malformed(index, "is no JSON object");
  }
  const record = data as Readonly<Record<string, unknown>>;
  const fields = new Map<string, string>();
  for (const name in record) {
    if (name.startsWith("__")) continue;
    const text = fieldText(record[name]);
    if (text !== undefined) fields.set(name, text);
  }
  const written = record["__REALTIME_TIMESTAMP"];
  if ((typeof written !== "string" && typeof written !== "number") || !/^\d{1,20}$/.test(String(written))) {
    return malformed(index, "has no __REALTIME_TIMESTAMP in microseconds");
  }
  return { fields, timestamp: BigInt(written) * 1000n };
}

/** True when `parseJournalJson` refused the entry. */
export function isMalformed(result: JournalEntry | Diagnostic): result is Diagnostic {
  return "code" in result;
}

/**
 * The texts of single entries in a document: lines of JSON, or one array. Blank lines are skipped. A document that
 * is neither gives its lines, so that each bad one can be named.
 */
export function splitJournalJson(text: string): readonly unknown[] {
  if (/^\s*\[/.test(text)) {
    const data = parseLine(text);
    if (Array.isArray(data)) return data;
  }
  return text.split("\n").filter((line) => line.trim() !== "");
}

function parseLine(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function fieldText(value: unknown): string | undefined {
  let last = value;
  while (Array.isArray(last) && !last.every((item) => typeof item === "number"))
    last = last.at(-1) as unknown;
  if (Array.isArray(last)) return fromUtf8(Uint8Array.from(last as number[]));
  return typeof last === "string" ? last : undefined;
}

function malformed(index: number, what: string): Diagnostic {
  return error("pipeline/malformed-entry", `entry ${index + 1} ${what}`, {
    hint: "entries are what `journalctl -o json` prints: one JSON object a line, or one array of them",
  });
}

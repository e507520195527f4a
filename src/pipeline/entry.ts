import { byteLength, isValidUtf8 } from "./bytes.ts";
import type { JournalFields } from "./journal/entry.ts";
import { fieldsJson } from "./json-text.ts";
import type { TraceStep } from "./outcome.ts";

/**
 * A value in an entry's extracted map. Alloy keeps what a stage found: JSON gives numbers, booleans and null,
 * everything else text.
 */
export type Extracted = string | number | boolean | null;

/** What an entry begins with. */
export interface EntryInit {
  /** The line, or the journal fields whose JSON it is. */
  line: string | JournalFields;
  timestamp: bigint | null;
  labels: Map<string, string>;
  from: readonly number[];
}

/** A log entry on its way through a pipeline. Stages change it in place. */
export class Entry {
  /** Nanoseconds since 1970, or null for "the time of reading", which files have. */
  timestamp: bigint | null;
  labels: Map<string, string>;
  structuredMetadata: Map<string, string> = new Map();
  extracted: Map<string, Extracted> = new Map();
  /** Indices of the input entries that it was made of. */
  from: readonly number[];
  /** What each stage did, when a trace was asked for. */
  trace: TraceStep[] | undefined;
  #line: string | undefined;
  #fields: JournalFields | undefined;

  constructor({ line, timestamp, labels, from }: EntryInit, traced: boolean) {
    this.timestamp = timestamp;
    this.labels = labels;
    this.from = from;
    this.trace = traced ? [] : undefined;
    if (typeof line === "string") this.#line = line;
    else this.#fields = line;
  }

  /** A line that is the JSON of journal fields is only written when somebody wants it. */
  get line(): string {
    return (this.#line ??= fieldsJson(this.#fields ?? new Map()));
  }

  set line(line: string) {
    this.#line = line;
    this.#fields = undefined;
  }

  /** The fields that the line is the JSON of, until a stage changes it: saves reading that JSON again. */
  get fields(): JournalFields | undefined {
    return this.#fields;
  }

  /** A copy that shares nothing that a stage could change. */
  clone(): Entry {
    const { timestamp, from, trace } = this;
    const copy = new Entry(
      { line: this.#fields ?? this.line, timestamp, labels: new Map(this.labels), from },
      false,
    );
    copy.structuredMetadata = new Map(this.structuredMetadata);
    copy.extracted = new Map(this.extracted);
    copy.trace = trace && [...trace];
    return copy;
  }
}

/** Alloy's getString: the text of an extracted value, undefined for one that has none (null). */
export function textOf(value: Extracted | undefined): string | undefined {
  switch (typeof value) {
    case "string":
      return value;
    case "number":
      return formatFloat(value);
    case "boolean":
      return value ? "true" : "false";
    default:
      return undefined;
  }
}

/** Go's FormatFloat(f, 'f', -1, 64): the shortest digits that read back the same, never with an exponent. */
export function formatFloat(value: number): string {
  const text = Object.is(value, -0) ? "-0" : String(value);
  const parts = /^(-?)(\d+)(?:\.(\d+))?e([+-]\d+)$/.exec(text);
  if (parts === null) return text;
  const [, sign = "", whole = "", fraction = "", exponent = "0"] = parts;
  const digits = whole + fraction;
  const point = whole.length + Number(exponent);
  if (point <= 0) return `${sign}0.${"0".repeat(-point)}${digits}`;
  if (point >= digits.length) return sign + digits.padEnd(point, "0");
  return `${sign}${digits.slice(0, point)}.${digits.slice(point)}`;
}

/** A text that two label sets share exactly when they are equal; stages that keep state per stream use it. */
export function streamKey(labels: ReadonlyMap<string, string>): string {
  if (labels.size === 0) return "";
  const pairs: string[] = [];
  for (const [name, value] of labels) pairs.push(`${name}\u0000${value}`);
  return pairs.sort().join("\u0001");
}

/** Prometheus' newer rule, which most stages follow: any text that is not empty. */
export function isLabelName(name: string): boolean {
  return name !== "" && isValidUtf8(name);
}

/** The old rule, which relabelling and stage.eventlogmessage keep: a letter or underscore, then also digits. */
export function isLegacyLabelName(name: string): boolean {
  return /^[a-zA-Z_][a-zA-Z0-9_]*$/.test(name);
}

/** Strict `>` on the number of bytes; most lines are settled by their number of characters alone. */
export function isLongerThan(line: string, bytes: number): boolean {
  if (line.length > bytes) return true;
  return line.length * 3 > bytes && byteLength(line) > bytes;
}

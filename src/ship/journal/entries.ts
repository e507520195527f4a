import { error, FleetError, LineIndex } from "../../diagnostics/index.ts";
import type { RawEntry } from "./entry.ts";

/**
 * The journal entries of a document as `journalctl -o json` prints it: one JSON object a line, or (saved from
 * elsewhere) one array of them. Blank lines are skipped.
 *
 * @param name the document's name in diagnostics
 * @throws FleetError `ship/entries-unreadable` at the first line that is no entry.
 */
export function parseEntries(name: string, text: string): RawEntry[] {
  if (text.trimStart().startsWith("[")) return parseArray(name, text);
  const entries: RawEntry[] = [];
  let offset = 0;
  for (const line of text.split("\n")) {
    if (line.trim() !== "") {
      const entry = parseObject(line);
      if (entry === undefined)
        throw unreadable(name, text, offset, offset + line.length, "this line is no JSON object");
      entries.push(entry);
    }
    offset += line.length + 1;
  }
  return entries;
}

function parseArray(name: string, text: string): RawEntry[] {
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch (caught) {
    throw unreadable(
      name,
      text,
      0,
      1,
      `this array is no JSON: ${caught instanceof Error ? caught.message : ""}`,
    );
  }
  return (data as unknown[]).map((one, index) => {
    if (isEntry(one)) return one;
    throw unreadable(name, text, 0, 1, `entry ${index + 1} of this array is no JSON object of fields`);
  });
}

/** One line of `journalctl -o json`; undefined when it is no JSON object of fields. */
export function parseObject(line: string): RawEntry | undefined {
  try {
    const data: unknown = JSON.parse(line);
    return isEntry(data) ? data : undefined;
  } catch {
    return undefined;
  }
}

function isEntry(value: unknown): value is RawEntry {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  return Object.values(value).every((field) => {
    if (field === null || typeof field === "string") return true;
    return (
      Array.isArray(field) &&
      (isBytes(field) || field.every((one) => typeof one === "string" || isBytes(one)))
    );
  });
}

function isBytes(value: unknown): boolean {
  return Array.isArray(value) && value.every((one) => Number.isInteger(one) && one >= 0 && one <= 255);
}

function unreadable(name: string, text: string, start: number, end: number, message: string): FleetError {
  const span = new LineIndex(name, text).span(start, end);
  const hint = "entries are what `journalctl -o json` prints: one JSON object a line, or one array of them";
  return new FleetError(error("ship/entries-unreadable", message, { span, hint }));
}

import type { JournalFields } from "./journal/entry.ts";

/** JSON text as Go's encoders write it: `<`, `>`, `&` and the line separators escaped, U+FFFD for each byte that is not UTF-8. */
export function goJson(value: unknown): string {
  if (typeof value === "string") return quoteJson(value);
  if (Array.isArray(value)) return `[${value.map(goJson).join(",")}]`;
  if (typeof value === "object" && value !== null) {
    return `{${Object.entries(value)
      .map(([key, item]) => `${quoteJson(key)}:${goJson(item)}`)
      .join(",")}}`;
  }
  return JSON.stringify(value);
}

const SHORT: Readonly<Record<string, string>> = {
  '"': '\\"',
  "\\": "\\\\",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
};

/** What JSON must escape, and what Go escapes besides; with the u flag, only surrogates without a partner match. */

const ESCAPED = /[\u0000-\u001f"\\<>&\u2028\u2029\ud800-\udfff]/gu;

/** A text as a JSON string. */
export function quoteJson(text: string): string {
  return `"${text.replace(ESCAPED, escapeChar)}"`;
}

function escapeChar(char: string): string {
  if (!char.isWellFormed()) return "\\ufffd";
  return SHORT[char] ?? `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

/** The JSON that format_as_json makes of journal fields: all of them, sorted by name. */
export function fieldsJson(fields: JournalFields): string {
  const pairs = [...fields]
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([name, value]) => `${quoteJson(name)}:${quoteJson(value)}`);
  return `{${pairs.join(",")}}`;
}

import type { PlacedYaml, Path } from "../yaml/index.ts";
import type { Correction } from "./failure.ts";

interface Edit {
  start: number;
  end: number;
  text: string;
}

/**
 * Writes corrected values into the text of a test file and leaves every other byte as it is, comments included.
 * Keys are added after the last of their mapping, on lines of their own where the others have that.
 */
export function applyCorrections(text: string, yaml: PlacedYaml, corrections: readonly Correction[]): string {
  const edits = corrections.flatMap((correction) => editFor(text, yaml, correction));
  // From the end, so that offsets stay true; of several at one place the last goes in first.
  const ordered = edits.map((edit, at) => ({ ...edit, at })).sort((a, b) => b.start - a.start || b.at - a.at);
  return ordered.reduce((result, { start, end, text: added }) => {
    return result.slice(0, start) + added + result.slice(end);
  }, text);
}

function editFor(text: string, yaml: PlacedYaml, { path, value }: Correction): Edit[] {
  if (value === undefined) return removal(text, yaml, path);
  if (!yaml.has(path)) return addition(text, yaml, path, value);
  const { start, end } = yaml.valueSpan(path);
  const old = text.slice(start.offset, end.offset);
  // A block scalar reaches to the end of its last line.
  const tail = /^[|>]/.test(old) && old.endsWith("\n") ? "\n" : "";
  return [{ start: start.offset, end: end.offset, text: scalar(value) + tail }];
}

/** A JSON string is a YAML string too. */
function scalar(value: string | number): string {
  return typeof value === "string" ? JSON.stringify(value) : String(value);
}

function pair(path: Path, value: string | number): string {
  const key = String(path.at(-1));
  return `${/^[A-Za-z_]\w*$/.test(key) ? key : JSON.stringify(key)}: ${scalar(value)}`;
}

function addition(text: string, yaml: PlacedYaml, path: Path, value: string | number): Edit[] {
  const map = yaml.valueSpan(path.slice(0, -1));
  const old = text.slice(map.start.offset, map.end.offset);
  if (old.startsWith("{")) {
    const empty = /^\{\s*\}$/.test(old);
    const at = empty ? map.end.offset - 1 : map.start.offset + old.slice(0, -1).trimEnd().length;
    return [{ start: at, end: at, text: empty ? ` ${pair(path, value)} ` : `, ${pair(path, value)}` }];
  }
  const at = map.start.offset + old.trimEnd().length;
  const lineEnd = text.indexOf("\n", at);
  const where = lineEnd === -1 ? text.length : lineEnd;
  return [{ start: where, end: where, text: `\n${" ".repeat(map.start.column - 1)}${pair(path, value)}` }];
}

function removal(text: string, yaml: PlacedYaml, path: Path): Edit[] {
  const map = yaml.valueSpan(path.slice(0, -1));
  const key = yaml.keySpan(path);
  const { end } = yaml.valueSpan(path);
  if (!text.slice(map.start.offset).startsWith("{")) {
    const lineEnd = text.indexOf("\n", Math.max(key.start.offset, end.offset - 1));
    const start = key.start.offset - key.start.column + 1;
    return [{ start, end: lineEnd === -1 ? text.length : lineEnd + 1, text: "" }];
  }
  const comma = /^\s*,\s*/.exec(text.slice(end.offset))?.[0];
  if (comma !== undefined) return [{ start: key.start.offset, end: end.offset + comma.length, text: "" }];
  const before = /,?\s*$/.exec(text.slice(map.start.offset, key.start.offset))?.[0] ?? "";
  return [{ start: key.start.offset - before.length, end: end.offset, text: "" }];
}

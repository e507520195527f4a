import { expand } from "../../regex.ts";
import type { Functions } from "../execute.ts";
import { fn, variadic } from "../function.ts";
import {
  integerOf,
  isList,
  isMap,
  kindName,
  sortedEntries,
  TemplateError,
  typeName,
  type GoValue,
} from "../value.ts";
import { deepEqual } from "./convert.ts";
import { compileRegex } from "./stage.ts";

/** sprig's functions for JSON, reflection and regular expressions. */
export const DATA_FUNCTIONS: Functions = {
  fromJson: fn(["string"], (text) => parseJson(text)),
  mustFromJson: fn(["string"], (text) => {
    const value = parseJson(text);
    if (value === undefined && text.trim() !== "null")
      throw new TemplateError("error calling mustFromJson: invalid JSON");
    return value;
  }),
  toJson: fn(["any"], (value) => escapeHtml(writeJson(value))),
  mustToJson: fn(["any"], (value) => escapeHtml(writeJson(value))),
  toRawJson: fn(["any"], writeJson),
  mustToRawJson: fn(["any"], writeJson),
  toPrettyJson: fn(["any"], (value) => escapeHtml(JSON.stringify(JSON.parse(writeJson(value)), null, 2))),

  typeOf: fn(["any"], typeName),
  typeIs: fn(["string", "any"], (name, value) => typeName(value) === name),
  typeIsLike: fn(
    ["string", "any"],
    (name, value) => typeName(value) === name || `*${typeName(value)}` === name,
  ),
  kindOf: fn(["any"], kindName),
  kindIs: fn(["string", "any"], (name, value) => kindName(value) === name),
  deepEqual: fn(["any", "any"], deepEqual),

  regexMatch: fn(["string", "string"], (pattern, text) => compileRegex(pattern).test(text)),
  mustRegexMatch: fn(["string", "string"], (pattern, text) => compileRegex(pattern).test(text)),
  regexFind: fn(["string", "string"], (pattern, text) => compileRegex(pattern).find(text)?.groups[0] ?? ""),
  mustRegexFind: fn(
    ["string", "string"],
    (pattern, text) => compileRegex(pattern).find(text)?.groups[0] ?? "",
  ),
  regexFindAll: fn(["string", "string", "int"], (pattern, text, count) => {
    const found = [...compileRegex(pattern).findAll(text)].map((match) => match.groups[0] ?? "");
    return count < 0n ? found : found.slice(0, Number(count));
  }),
  mustRegexReplaceAll: fn(["string", "string", "string"], (pattern, text, replacement) => {
    const regex = compileRegex(pattern);
    return regex.replaceAll(text, (match) => expand(replacement, match, regex.names));
  }),
  mustRegexReplaceAllLiteral: fn(["string", "string", "string"], (pattern, text, replacement) => {
    return compileRegex(pattern).replaceAll(text, () => replacement);
  }),
  regexSplit: fn(["string", "string", "int"], (pattern, text, count) => split(pattern, text, Number(count))),
  regexQuoteMeta: fn(["string"], (text) => text.replace(/[\\.+*?()|[\]{}^$]/g, "\\$&")),
  dig: variadic(["string"], "any", (...args) => {
    const map = args.at(-1);
    const path = args.slice(0, -2);
    const found = path.reduce<GoValue>((value, key) => {
      return isMap(value) && typeof key === "string" ? value.get(key) : undefined;
    }, map);
    return found ?? args.at(-2);
  }),
};

/** Go's Regexp.Split. */
function split(pattern: string, text: string, count: number): string[] {
  if (count === 0) return [];
  const parts: string[] = [];
  let from = 0;
  for (const match of compileRegex(pattern).findAll(text)) {
    if (count > 0 && parts.length === count - 1) break;
    if (match.end === 0) continue;
    parts.push(text.slice(from, match.start));
    from = match.end;
  }
  return from === text.length && parts.length > 0 && text === "" ? parts : [...parts, text.slice(from)];
}

function parseJson(text: string): GoValue {
  try {
    return fromData(JSON.parse(text));
  } catch {
    return undefined;
  }
}

function fromData(data: unknown): GoValue {
  if (Array.isArray(data)) return data.map(fromData);
  if (typeof data === "object" && data !== null) {
    return new Map(Object.entries(data).map(([key, item]) => [key, fromData(item)]));
  }
  return typeof data === "string" || typeof data === "number" || typeof data === "boolean" ? data : undefined;
}

/** JSON with the keys of objects in order, as encoding/json writes maps. */
function writeJson(value: GoValue): string {
  if (value === undefined) return "null";
  // encoding/json turns to exponents where JavaScript does, unlike text/template.
  if (typeof value === "number") return Object.is(value, -0) ? "-0" : JSON.stringify(value);
  const integer = integerOf(value);
  if (integer !== undefined) return integer.toString();
  if (isList(value)) return `[${value.map(writeJson).join(",")}]`;
  if (isMap(value)) {
    return `{${sortedEntries(value)
      .map(([key, item]) => `${JSON.stringify(key)}:${writeJson(item)}`)
      .join(",")}}`;
  }
  return JSON.stringify(value);
}

/** encoding/json writes these so that JSON may stand inside HTML. */
export function escapeHtml(json: string): string {
  return json.replace(
    /[<>&\u2028\u2029]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

import { createHash } from "node:crypto";
import { runes, toUtf8 } from "../../bytes.ts";
import { toLower, toUpper } from "../../letter-case.ts";
import { expand, PatternError, Regex } from "../../regex.ts";
import type { Functions } from "../execute.ts";
import { fn } from "../function.ts";
import { TemplateError } from "../value.ts";

/** The functions that Alloy's template and replace stages add; they take the text first, unlike sprig's. */
export const STAGE_FUNCTIONS: Functions = {
  ToLower: fn(["string"], toLower),
  ToUpper: fn(["string"], toUpper),
  Replace: fn(["string", "string", "string", "int"], (text, from, to, count) =>
    replace(text, from, to, Number(count)),
  ),
  Trim: fn(["string", "string"], (text, cutset) => trimRight(trimLeft(text, cutset), cutset)),
  TrimLeft: fn(["string", "string"], trimLeft),
  TrimRight: fn(["string", "string"], trimRight),
  TrimPrefix: fn(["string", "string"], (text, prefix) => trimPrefix(text, prefix)),
  TrimSuffix: fn(["string", "string"], (text, suffix) => trimSuffix(text, suffix)),
  TrimSpace: fn(["string"], trimSpace),
  Hash: fn(["string", "string"], (salt, text) => digest("sha3-256", salt + text)),
  Sha2Hash: fn(["string", "string"], (salt, text) => digest("sha256", salt + text)),
  regexReplaceAll: fn(["string", "string", "string"], (pattern, text, replacement) => {
    const regex = compileRegex(pattern);
    return regex.replaceAll(text, (match) => expand(replacement, match, regex.names));
  }),
  regexReplaceAllLiteral: fn(["string", "string", "string"], (pattern, text, replacement) => {
    return compileRegex(pattern).replaceAll(text, () => replacement);
  }),
};

const compiled = new Map<string, Regex>();
const COMPILED_LIMIT = 256;

/** A regex that a template gives as text, compiled once. A bad one fails the template, as Go's panic does. */
export function compileRegex(pattern: string): Regex {
  const known = compiled.get(pattern);
  if (known !== undefined) return known;
  if (compiled.size >= COMPILED_LIMIT) compiled.clear();
  try {
    const regex = new Regex(pattern);
    compiled.set(pattern, regex);
    return regex;
  } catch (caught) {
    throw caught instanceof PatternError ? new TemplateError(caught.message) : caught;
  }
}

/** The hash of a text's bytes in hexadecimal. */
export function digest(algorithm: string, text: string): string {
  return createHash(algorithm).update(toUtf8(text)).digest("hex");
}

/** Go's strings.Replace: the first `count`, all when it is negative; an empty `from` matches between characters. */
export function replace(text: string, from: string, to: string, count: number): string {
  if (count < 0 && from !== "") return text.replaceAll(from, () => to);
  const pieces = from === "" ? ["", ...runes(text)] : text.split(from);
  let result = pieces[0] ?? "";
  pieces.slice(1).forEach((piece, index) => {
    result += (count < 0 || index < count ? to : from) + piece;
  });
  return from === "" && (count < 0 || pieces.length <= count) ? result + to : result;
}

export function trimLeft(text: string, cutset: string): string {
  const cut = new Set(cutset);
  const chars = runes(text);
  const start = chars.findIndex((char) => !cut.has(char));
  return start === -1 ? "" : chars.slice(start).join("");
}

export function trimRight(text: string, cutset: string): string {
  const cut = new Set(cutset);
  const chars = runes(text);
  return chars.slice(0, chars.findLastIndex((char) => !cut.has(char)) + 1).join("");
}

export function trimPrefix(text: string, prefix: string): string {
  return text.startsWith(prefix) ? text.slice(prefix.length) : text;
}

export function trimSuffix(text: string, suffix: string): string {
  return text.endsWith(suffix) ? text.slice(0, text.length - suffix.length) : text;
}

/** Go's strings.TrimSpace: Unicode's White_Space. */
export function trimSpace(text: string): string {
  return text.replace(/^\p{White_Space}+/u, "").replace(/\p{White_Space}+$/u, "");
}

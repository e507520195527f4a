import { byteLength, fromUtf8, runes, toUtf8 } from "../../bytes.ts";
import { toLower, toUpper } from "../../letter-case.ts";
import type { Functions } from "../execute.ts";
import { byteSlice, sprint } from "../format.ts";
import { fn, variadic } from "../function.ts";
import { quoteGo } from "../quote.ts";
import { TemplateError, type GoValue } from "../value.ts";
import { decodeBase64 } from "./base64.ts";
import { toText, toTexts } from "./convert.ts";
import { digest, replace, trimLeft, trimPrefix, trimRight, trimSpace, trimSuffix } from "./stage.ts";
import { abbreviate, abbreviateBoth, withoutSpace, wrap } from "./width.ts";

/** sprig's functions on text. */
export const STRING_FUNCTIONS: Functions = {
  abbrev: fn(["int", "string"], (width, text) => abbreviate(Number(width), text)),
  abbrevboth: fn(["int", "int", "string"], (left, right, text) =>
    abbreviateBoth(Number(left), Number(right), text),
  ),
  wrap: fn(["int", "string"], (width, text) => wrap(Number(width), text)),
  wrapWith: fn(["int", "string", "string"], (width, separator, text) =>
    wrap(Number(width), text, separator, true),
  ),
  trunc: fn(["int", "string"], (count, text) => truncate(Number(count), text)),
  trim: fn(["string"], trimSpace),
  upper: fn(["string"], toUpper),
  lower: fn(["string"], toLower),
  title: fn(["string"], title),
  untitle: fn(["string"], (text) =>
    text.replace(/(^|\s)(\S)/gu, (_, space: string, letter: string) => space + toLower(letter)),
  ),
  substr: fn(["int", "int", "string"], (start, end, text) => substring(Number(start), Number(end), text)),
  repeat: fn(["int", "string"], (count, text) => {
    if (count < 0n) throw new TemplateError("error calling repeat: strings: negative Repeat count");
    return text.repeat(Number(count));
  }),
  trimall: fn(["string", "string"], (cutset, text) => trimRight(trimLeft(text, cutset), cutset)),
  trimAll: fn(["string", "string"], (cutset, text) => trimRight(trimLeft(text, cutset), cutset)),
  trimSuffix: fn(["string", "string"], (suffix, text) => trimSuffix(text, suffix)),
  trimPrefix: fn(["string", "string"], (prefix, text) => trimPrefix(text, prefix)),
  nospace: fn(["string"], withoutSpace),
  initials: fn(["string"], (text) =>
    text
      .split(/\s+/)
      .map((word) => runes(word)[0] ?? "")
      .join(""),
  ),
  swapcase: fn(["string"], (text) => {
    return runes(text)
      .map((char) => (/\p{Lu}|\p{Lt}/u.test(char) ? toLower(char) : toUpper(char)))
      .join("");
  }),
  contains: fn(["string", "string"], (part, text) => text.includes(part)),
  hasPrefix: fn(["string", "string"], (prefix, text) => text.startsWith(prefix)),
  hasSuffix: fn(["string", "string"], (suffix, text) => text.endsWith(suffix)),
  quote: variadic([], "any", (...values) => quoted(values, (value) => quoteGo(toText(value)))),
  squote: variadic([], "any", (...values) => quoted(values, (value) => `'${sprint(value)}'`)),
  cat: variadic([], "any", (...values) =>
    values
      .filter((value) => value !== undefined)
      .map(sprint)
      .join(" "),
  ),
  indent: fn(["int", "string"], (spaces, text) => indent(Number(spaces), text)),
  nindent: fn(["int", "string"], (spaces, text) => `\n${indent(Number(spaces), text)}`),
  replace: fn(["string", "string", "string"], (from, to, text) => replace(text, from, to, -1)),
  plural: fn(["string", "string", "int"], (one, many, count) => (count === 1n ? one : many)),
  sha1sum: fn(["string"], (text) => digest("sha1", text)),
  sha256sum: fn(["string"], (text) => digest("sha256", text)),
  sha512sum: fn(["string"], (text) => digest("sha512", text)),
  adler32sum: fn(["string"], adler32),
  toString: fn(["any"], toText),
  toStrings: fn(["any"], toTexts),
  split: fn(["string", "string"], (separator, text) => numbered(splitText(text, separator))),
  splitn: fn(["string", "int", "string"], (separator, count, text) => {
    return numbered(splitAtMost(splitText(text, separator), separator, Number(count)));
  }),
  splitList: fn(["string", "string"], (separator, text) => splitText(text, separator)),
  join: fn(["string", "any"], (separator, list) => toTexts(list).join(separator)),
  b64enc: fn(["string"], (text) => Buffer.from(toUtf8(text)).toString("base64")),
  b64dec: fn(["string"], decodeBase64),
  b32enc: fn(["string"], encodeBase32),
  b32dec: fn(["string"], decodeBase32),
  hello: fn([], () => "Hello!"),
  base: fn(["string"], (path) => path.replace(/(?<=.)\/+$/, "").replace(/^.*\/(?=.)/s, "") || "."),
  dir: fn(["string"], (path) => cleanPath(path.slice(0, path.lastIndexOf("/") + 1))),
  clean: fn(["string"], cleanPath),
  ext: fn(["string"], (path) => /\.[^./]*$/.exec(path)?.[0] ?? ""),
  isAbs: fn(["string"], (path) => path.startsWith("/")),
};

/** Go's deprecated strings.Title: the first letter of each word in upper case. */
function title(text: string): string {
  let previous = " ";
  let result = "";
  for (const char of text) {
    result += isSeparator(previous) ? toUpper(char) : char;
    previous = char;
  }
  return result;
}

function isSeparator(char: string): boolean {
  if (char <= "\u007f") return !/[0-9A-Za-z_]/.test(char);
  return /\p{White_Space}/u.test(char);
}

/** The first `count` bytes, or the last when it is negative. */
function truncate(count: number, text: string): string {
  const length = byteLength(text);
  if (count < 0 && length + count > 0) return byteSlice(text, length + count, length) ?? text;
  return count >= 0 && length > count ? (byteSlice(text, 0, count) ?? text) : text;
}

function substring(start: number, end: number, text: string): string {
  const length = byteLength(text);
  const [from, to] = start < 0 ? [0, end] : [start, end < 0 || end > length ? length : end];
  const part = byteSlice(text, from, to);
  if (part === undefined) throw new TemplateError("error calling substr: slice bounds out of range");
  return part;
}

function quoted(values: readonly GoValue[], quote: (value: GoValue) => string): string {
  return values
    .filter((value) => value !== undefined)
    .map(quote)
    .join(" ");
}

function indent(spaces: number, text: string): string {
  const pad = " ".repeat(spaces);
  return pad + text.replaceAll("\n", `\n${pad}`);
}

/** Go's strings.Split; an empty separator splits into characters. */
function splitText(text: string, separator: string): string[] {
  return separator === "" ? runes(text) : text.split(separator);
}

function splitAtMost(parts: string[], separator: string, count: number): string[] {
  if (count < 0 || parts.length <= count) return parts;
  return count === 0 ? [] : [...parts.slice(0, count - 1), parts.slice(count - 1).join(separator)];
}

/** sprig's split gives a map with the keys _0, _1, and so on. */
function numbered(parts: readonly string[]): ReadonlyMap<string, GoValue> {
  return new Map(parts.map((part, index) => [`_${index}`, part]));
}

function adler32(text: string): string {
  let low = 1;
  let high = 0;
  for (const byte of toUtf8(text)) {
    low = (low + byte) % 65521;
    high = (high + low) % 65521;
  }
  return String(high * 65536 + low);
}

/** Go's path.Clean. */
function cleanPath(path: string): string {
  const rooted = path.startsWith("/");
  const parts: string[] = [];
  for (const part of path.split("/")) {
    if (part === "" || part === ".") continue;
    if (part !== "..") parts.push(part);
    else if (parts.length > 0 && parts.at(-1) !== "..") parts.pop();
    else if (!rooted) parts.push(part);
  }
  return (rooted ? "/" : "") + parts.join("/") || (rooted ? "/" : ".");
}

const BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

function encodeBase32(text: string): string {
  const bits = [...toUtf8(text)].map((byte) => byte.toString(2).padStart(8, "0")).join("");
  const digits = (bits.match(/.{1,5}/g) ?? []).map((five) =>
    BASE32.charAt(Number.parseInt(five.padEnd(5, "0"), 2)),
  );
  return digits.join("").padEnd(Math.ceil(digits.length / 8) * 8, "=");
}

function decodeBase32(text: string): string {
  const bits = runes(text.replace(/=+$/, "")).map((digit) =>
    BASE32.indexOf(digit).toString(2).padStart(5, "0"),
  );
  const bytes = bits.join("").match(/.{8}/g) ?? [];
  return fromUtf8(Uint8Array.from(bytes, (byte) => Number.parseInt(byte, 2)));
}

import { unquoteGo } from "./quote.ts";
import { TemplateError } from "./value.ts";

export type Token =
  | { kind: "text"; text: string }
  | {
      kind:
        | "open"
        | "close"
        | "pipe"
        | "left"
        | "right"
        | "comma"
        | "declare"
        | "assign"
        | "space"
        | "dot"
        | "end";
    }
  /** `.name` */
  | { kind: "field"; name: string }
  | { kind: "variable" | "word"; name: string }
  | { kind: "string"; value: string }
  | { kind: "number"; raw: string };

const PATTERNS: readonly (readonly [RegExp, (text: string) => Token])[] = [
  [/[ \t\r\n]+/y, () => ({ kind: "space" })],
  [/:=/y, () => ({ kind: "declare" })],
  [/=/y, () => ({ kind: "assign" })],
  [/\|/y, () => ({ kind: "pipe" })],
  [/\(/y, () => ({ kind: "left" })],
  [/\)/y, () => ({ kind: "right" })],
  [/,/y, () => ({ kind: "comma" })],
  [/"(?:[^"\\\n]|\\.)*"/y, (text) => ({ kind: "string", value: unquoteGo(text) })],
  [/`[^`]*`/y, (text) => ({ kind: "string", value: text.slice(1, -1).replaceAll("\r", "") })],
  [/'(?:[^'\\\n]|\\.)+'/y, (text) => ({ kind: "number", raw: String(unquoteGo(text).codePointAt(0) ?? 0) })],
  [
    /[+-]?(?:0[xX][0-9a-fA-F_]+|0[bB][01_]+|0[oO][0-7_]+|(?:\d[\d_]*(?:\.[\d_]*)?|\.\d[\d_]*)(?:[eE][+-]?\d+)?)/y,
    number,
  ],
  [/\.[\p{L}_][\p{L}\p{Nd}_]*/uy, (text) => ({ kind: "field", name: text.slice(1) })],
  [/\./y, () => ({ kind: "dot" })],
  [/\$[\p{L}\p{Nd}_]*/uy, (text) => ({ kind: "variable", name: text })],
  [/[\p{L}_][\p{L}\p{Nd}_]*/uy, (text) => ({ kind: "word", name: text })],
];

function number(text: string): Token {
  return { kind: "number", raw: text.replaceAll("_", "") };
}

/**
 * Splits a template into tokens; `{{-` and `-}}` have trimmed the text beside them, comments are gone.
 *
 * @throws TemplateError for an action that is not closed or holds a character that Go does not know.
 */
export function tokenize(source: string): Token[] {
  const tokens: Token[] = [];
  let trimNext = false;
  let at = 0;
  for (;;) {
    const open = source.indexOf("{{", at);
    const trimsLeft = open !== -1 && /^-[ \t\r\n]/.test(source.slice(open + 2, open + 4));
    let text = source.slice(at, open === -1 ? undefined : open);
    if (trimNext) text = text.replace(/^[ \t\r\n]+/, "");
    if (trimsLeft) text = text.replace(/[ \t\r\n]+$/, "");
    if (text !== "") tokens.push({ kind: "text", text });
    if (open === -1) break;
    const inside = open + (trimsLeft ? 4 : 2);
    const action = source.startsWith("/*", inside)
      ? skipComment(source, inside)
      : scanAction(source, inside, tokens);
    trimNext = action.trims;
    at = action.end;
  }
  tokens.push({ kind: "end" });
  return tokens;
}

function skipComment(source: string, start: number): { end: number; trims: boolean } {
  const end = source.indexOf("*/", start);
  const close = end === -1 ? null : /^(?:[ \t\r\n]+-)?\}\}/.exec(source.slice(end + 2));
  if (close === null) throw new TemplateError("unclosed comment");
  return { end: end + 2 + close[0].length, trims: close[0].length > 2 };
}

function scanAction(source: string, start: number, tokens: Token[]): { end: number; trims: boolean } {
  tokens.push({ kind: "open" });
  for (let at = start; at < source.length;) {
    const close = /^(?:[ \t\r\n]+-)?\}\}/.exec(source.slice(at, at + 64));
    if (close !== null) {
      tokens.push({ kind: "close" });
      return { end: at + close[0].length, trims: close[0].length > 2 };
    }
    at = scanToken(source, at, tokens);
  }
  throw new TemplateError("unclosed action");
}

function scanToken(source: string, at: number, tokens: Token[]): number {
  for (const [pattern, make] of PATTERNS) {
    pattern.lastIndex = at;
    const match = pattern.exec(source);
    if (match !== null) {
      tokens.push(make(match[0]));
      return pattern.lastIndex;
    }
  }
  throw new TemplateError(`unexpected ${JSON.stringify(source.charAt(at))} in action`);
}

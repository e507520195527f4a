/**
 * A piece of Nix source. A string is one token with all that is interpolated into it, so that brackets in it
 * never count. `[`, `{`, `(` and `${` are "open".
 */
export interface NixToken {
  kind: "comment" | "string" | "path" | "word" | "number" | "open" | "close" | "symbol";
  start: number;
  /** Exclusive. */
  end: number;
}

/** Where the text stopped being Nix, for a diagnostic. */
export class NixSyntaxError extends Error {
  readonly offset: number;

  constructor(message: string, offset: number) {
    super(message);
    this.name = "NixSyntaxError";
    this.offset = offset;
  }
}

const SPACE = /[ \t\r\n]+/y;
const LINE_COMMENT = /#[^\r\n]*/y;
const WORD = /[A-Za-z_][A-Za-z0-9_'-]*/y;
const NUMBER = /\d+(\.\d*)?([eE][+-]?\d+)?/y;
const URI = /[A-Za-z][A-Za-z0-9+.-]*:[A-Za-z0-9%/?:@&=+$,_.!~*'-]+/y;
const SEARCH_PATH = /<[A-Za-z0-9._+-]+(\/[A-Za-z0-9._+-]+)*>/y;
const PATH_START = /(~|[A-Za-z0-9._+-]*)\/(?=[A-Za-z0-9._+-]|\$\{)/y;
const PATH_PART = /[A-Za-z0-9._+-]+|\/(?=[A-Za-z0-9._+-]|\$\{)/y;

/**
 * Splits Nix source into tokens, comments included and white space left out, by the rules of Nix's own lexer as
 * far as they decide where strings, paths, comments and brackets begin and end.
 *
 * @throws NixSyntaxError for a string or block comment without end, or brackets that do not pair.
 */
export function scanNix(text: string): NixToken[] {
  const tokens: NixToken[] = [];
  const end = scanUntil(text, 0, tokens, undefined);
  if (end !== text.length) throw new NixSyntaxError(`unexpected ${text[end] ?? ""}`, end);
  return tokens;
}

const CLOSING: Readonly<Record<string, string>> = { "[": "]", "{": "}", "(": ")", "${": "}" };

/** Scans to the end of the text, or to the bracket that closes `opened`; gives the offset after it. */
function scanUntil(text: string, from: number, tokens: NixToken[], opened: number | undefined): number {
  const expected: { close: string; at: number }[] = opened === undefined ? [] : [{ close: "}", at: opened }];
  let at = from;
  while (at < text.length) {
    const space = match(SPACE, text, at);
    if (space > at) {
      at = space;
      continue;
    }
    const token = nextToken(text, at);
    tokens.push(token);
    at = token.end;
    if (token.kind === "open") {
      expected.push({ close: CLOSING[text.slice(token.start, token.end)] ?? "", at: token.start });
    } else if (token.kind === "close") {
      if (expected.pop()?.close !== text[token.start]) {
        throw new NixSyntaxError(`${text[token.start] ?? ""} closes nothing`, token.start);
      }
      if (opened !== undefined && expected.length === 0) return at;
    }
  }
  const open = expected.at(-1);
  if (open !== undefined) throw new NixSyntaxError(`this is never closed by ${open.close}`, open.at);
  return at;
}

function nextToken(text: string, start: number): NixToken {
  const token = (kind: NixToken["kind"], end: number): NixToken => ({ kind, start, end });
  const first = text[start] ?? "";
  if (first === "#") return token("comment", match(LINE_COMMENT, text, start));
  if (text.startsWith("/*", start)) {
    const end = text.indexOf("*/", start + 2);
    if (end === -1) throw new NixSyntaxError("this comment has no end", start);
    return token("comment", end + 2);
  }
  if (first === '"') return token("string", endOfString(text, start));
  if (text.startsWith("''", start)) return token("string", endOfIndentedString(text, start));
  if (text.startsWith("${", start)) return token("open", start + 2);
  if ("[{(".includes(first)) return token("open", start + 1);
  if ("]})".includes(first)) return token("close", start + 1);
  // The longest match wins, as in Nix's lexer: `a/b` is a path, `a:b` an URI, `a-b` a name.
  const candidates: [NixToken["kind"], number][] = [
    ["path", endOfPath(text, start)],
    ["path", match(SEARCH_PATH, text, start)],
    ["string", match(URI, text, start)],
    ["word", match(WORD, text, start)],
    ["number", match(NUMBER, text, start)],
    ["symbol", start + 1],
  ];
  const [kind, end] = candidates.reduce((best, one) => (one[1] > best[1] ? one : best));
  return token(kind, end);
}

/** The end of a `"` string that begins at `start`. */
function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length;) {
    if (text[at] === '"') return at + 1;
    if (text[at] === "\\") at += 2;
    else if (text.startsWith("$${", at)) at += 3;
    else if (text.startsWith("${", at)) at = scanUntil(text, at + 2, [], at);
    else at += 1;
  }
  throw new NixSyntaxError("this string has no end", start);
}

/** The end of a `''` string that begins at `start`; in it `'''`, `''$` and `''\` escape. */
function endOfIndentedString(text: string, start: number): number {
  for (let at = start + 2; at < text.length;) {
    if (text.startsWith("''", at)) {
      const next = text[at + 2];
      if (next === "'" || next === "$") at += 3;
      else if (next === "\\") at += 4;
      else return at + 2;
    } else if (text.startsWith("$${", at)) at += 3;
    else if (text.startsWith("${", at)) at = scanUntil(text, at + 2, [], at);
    else at += 1;
  }
  throw new NixSyntaxError("this string has no end", start);
}

/** The end of a path, which may have interpolated parts; `start` when there is none. */
function endOfPath(text: string, start: number): number {
  let at = match(PATH_START, text, start);
  if (at === start) return start;
  for (;;) {
    const part = match(PATH_PART, text, at);
    if (part > at) at = part;
    else if (text.startsWith("${", at)) at = scanUntil(text, at + 2, [], at);
    else return at;
  }
}

/** The end of a match of a sticky pattern at `at`; `at` when there is none. */
function match(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : at;
}

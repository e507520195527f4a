import type { Arguments } from "../config/arguments.ts";
import { textOf } from "../entry.ts";
import type { Step } from "../receiver.ts";

/** stage.logfmt: key=value pairs; those before a syntax error are kept. */
export function logfmt(args: Arguments): Step {
  const mapping = args.map("mapping", new Map());
  const regex = args.string("regex", "") === "" ? undefined : args.regex("regex");
  if (mapping.size === 0 && regex === undefined) args.fail("mapping or regex is required");
  const targets = new Map([...mapping].map(([name, key]) => [key === "" ? name : key, name]));
  const source = args.string("source", "");
  return (entry) => {
    const text = source === "" ? entry.line : textOf(entry.extracted.get(source));
    if (text === undefined) return undefined;
    for (const [key, value] of parseLogfmt(text)) {
      const target = targets.get(key);
      if (target !== undefined) entry.extracted.set(target, value);
      if (regex?.test(key) === true) entry.extracted.set(key, value);
    }
    return undefined;
  };
}

/**
 * The pairs of a logfmt text in order, as go-logfmt reads them: a key alone has the value "", and everything from
 * a stray quote or equals sign on is lost, in the lines after it too.
 */
export function* parseLogfmt(text: string): Generator<[key: string, value: string]> {
  for (const line of text.split("\n")) {
    for (let at = skipBlanks(line, 0); at < line.length; at = skipBlanks(line, at)) {
      const pair = readPair(line, at);
      if (pair === undefined) return;
      yield [pair.key, pair.value];
      at = pair.end;
    }
  }
}

function skipBlanks(line: string, from: number): number {
  let at = from;
  while (at < line.length && line.charAt(at) <= " ") at++;
  return at;
}

const BARE = /[^\u0000-\u0020="]+/y;
const QUOTED = /"(?:[^"\\]|\\.)*"/sy;

function readPair(line: string, start: number): { key: string; value: string; end: number } | undefined {
  const key = matchAt(BARE, line, start);
  if (key === undefined || key.includes("\ufffd")) return undefined;
  let at = start + key.length;
  const after = line.charAt(at);
  if (after === '"') return undefined;
  if (after !== "=") return { key, value: "", end: at };
  at++;
  if (at >= line.length || line.charAt(at) <= " ") return { key, value: "", end: at };
  if (line.charAt(at) === '"') {
    const quoted = matchAt(QUOTED, line, at);
    const value = quoted === undefined ? undefined : unquote(quoted);
    return quoted === undefined || value === undefined ? undefined : { key, value, end: at + quoted.length };
  }
  const value = matchAt(BARE, line, at);
  if (value === undefined) return undefined;
  at += value.length;
  return at < line.length && line.charAt(at) > " " ? undefined : { key, value, end: at };
}

function matchAt(pattern: RegExp, line: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(line)?.[0];
}

const ESCAPES: Readonly<Record<string, string>> = {
  '"': '"',
  "\\": "\\",
  "/": "/",
  "'": "'",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
};

/** JSON's escapes; undefined when one is not known. */
function unquote(quoted: string): string | undefined {
  const inside = quoted.slice(1, -1);
  if (!/^(?:[^\\]|\\u[0-9a-fA-F]{4}|\\["\\/'bfnrt])*$/.test(inside)) return undefined;
  return inside.replace(/\\(?:u(.{4})|(.))/g, (_, code?: string, one?: string) => {
    return code === undefined ? (ESCAPES[one ?? ""] ?? "") : String.fromCharCode(Number.parseInt(code, 16));
  });
}

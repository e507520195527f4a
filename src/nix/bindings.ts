import { NixSyntaxError, scanNix, type NixToken } from "./scanner.ts";

/** An attribute path that a Nix text binds, such as `services.alloy.enable`; offsets, `end` exclusive. */
export interface NixBinding {
  path: readonly string[];
  start: number;
  end: number;
  /** True when the value is written as a set, whose bindings are listed too. */
  nested: boolean;
  /** The stretch of the value; its end is that of the text where no `;` follows. */
  value: { start: number; end: number };
}

/** Every binding of a text with its full path, in order; an enclosing `config = {` counts as nothing. Empty for what is not Nix. */
export function nixBindings(text: string): NixBinding[] {
  const tokens = tokensOf(text);
  const found: NixBinding[] = [];
  const frames: Frame[] = [{ prefix: [], value: undefined }];
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at];
    const frame = frames.at(-1);
    if (token === undefined || frame === undefined) break;
    const symbol = text.slice(token.start, token.end);
    if (token.kind === "open") {
      const around = frame.value === undefined ? frame.around : found.at(-1);
      frames.push({ prefix: frame.value ?? frame.prefix, value: undefined, ...(around && { around }) });
    } else if (token.kind === "close") {
      if (frames.length > 1) frames.pop();
    } else if (symbol === ";") {
      frame.value = undefined;
      if (frame.last !== undefined) frame.last.value.end = tokens[at - 1]?.end ?? token.start;
      delete frame.last;
    } else if (frame.value === undefined && isName(token)) {
      const bound = attributePath(text, tokens, at);
      if (bound === undefined) continue;
      const path = [...frame.prefix, ...bound.path];
      frame.value = path[0] === "config" ? path.slice(1) : path;
      if (frame.around !== undefined) frame.around.nested = true;
      if (frame.value.length > 0) {
        const value = { start: tokens[bound.last + 1]?.start ?? text.length, end: text.length };
        frame.last = { path: frame.value, start: bound.start, end: bound.end, nested: false, value };
        found.push(frame.last);
      }
      at = bound.last;
    }
  }
  return found;
}

/** An open bracket. */
interface Frame {
  /** The path that bindings inside it continue. */
  prefix: readonly string[];
  /** The path of the binding whose value is being read. */
  value: readonly string[] | undefined;
  /** That binding. */
  last?: NixBinding;
  /** The binding whose value it is part of. */
  around?: NixBinding;
}

function tokensOf(text: string): NixToken[] {
  try {
    return scanNix(text).filter((token) => token.kind !== "comment");
  } catch (caught) {
    if (caught instanceof NixSyntaxError) return [];
    throw caught;
  }
}

function isName(token: NixToken | undefined): boolean {
  return token?.kind === "word" || token?.kind === "string";
}

// AttributePath = name { "." name } "="
function attributePath(
  text: string,
  tokens: readonly NixToken[],
  from: number,
): (Pick<NixBinding, "path" | "start" | "end"> & { last: number }) | undefined {
  const path: string[] = [];
  const start = tokens[from]?.start ?? 0;
  for (let at = from; ; at += 2) {
    const name = tokens[at];
    const next = tokens[at + 1];
    if (name === undefined || next === undefined || !isName(name)) return undefined;
    const word = text.slice(name.start, name.end);
    path.push(name.kind === "string" ? word.slice(1, -1) : word);
    const symbol = text.slice(next.start, next.end);
    if (symbol === "=" && text[next.end] !== "=") return { path, start, end: name.end, last: at + 1 };
    if (symbol !== ".") return undefined;
  }
}

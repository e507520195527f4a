import { NixSyntaxError, scanNix, type NixToken } from "../nix/index.ts";

/** A stretch of a text; offsets, `end` exclusive. */
export interface Stretch {
  start: number;
  end: number;
}

interface Binding extends Stretch {
  path: readonly string[];
  /** True when the value is written as a set, whose bindings are listed too. */
  nested: boolean;
}

/**
 * Finds where a Nix text defines an option, by the attribute paths that it binds: `services.alloy.enable = ...`
 * as well as `services = { alloy.enable = ...; }`. Where the option itself is not bound, one below it will do, or
 * the set around it, or one further out whose value is computed. The binding that names most of it wins.
 *
 * @returns the stretch of the attribute path, or undefined when nothing binds any part of it.
 */
export function locateOption(text: string, option: readonly string[]): Stretch | undefined {
  let best: { binding: Binding; shared: number } | undefined;
  for (const binding of bindings(text)) {
    const shared = sharedParts(binding.path, option);
    const around = shared === binding.path.length && (!binding.nested || shared >= option.length - 1);
    if ((shared === option.length || around) && shared > (best?.shared ?? 0)) best = { binding, shared };
  }
  return best?.binding;
}

function sharedParts(left: readonly string[], right: readonly string[]): number {
  const limit = Math.min(left.length, right.length);
  for (let i = 0; i < limit; i++) if (left[i] !== right[i]) return i;
  return limit;
}

/** Every binding of a text with its full path; an enclosing `config = {` counts as nothing. */
function bindings(text: string): Binding[] {
  const tokens = tokensOf(text);
  const found: Binding[] = [];
  // Each open bracket with the path that bindings inside it continue.
  const frames: { prefix: readonly string[]; value: readonly string[] | undefined; around?: Binding }[] = [
    { prefix: [], value: undefined },
  ];
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
    } else if (frame.value === undefined && isName(token)) {
      const bound = attributePath(text, tokens, at);
      if (bound === undefined) continue;
      const path = [...frame.prefix, ...bound.path];
      frame.value = path[0] === "config" ? path.slice(1) : path;
      if (frame.around !== undefined) frame.around.nested = true;
      if (frame.value.length > 0) {
        found.push({ path: frame.value, start: bound.start, end: bound.end, nested: false });
      }
      at = bound.last;
    }
  }
  return found;
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
): (Omit<Binding, "nested"> & { last: number }) | undefined {
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

/** The parts of an option as messages write it: `services.nginx.virtualHosts."example.com".root`. */
export function splitOption(option: string): string[] {
  return (option.match(/"(?:[^"\\]|\\.)*"|[^."]+/g) ?? []).map((part) =>
    part.startsWith('"') ? part.slice(1, -1) : part,
  );
}

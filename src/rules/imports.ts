import { LineIndex, type Diagnostic } from "../diagnostics/index.ts";
import { NixSyntaxError, nixBindings, scanNix, type NixToken } from "../nix/index.ts";
import type { FileChange } from "./change.ts";
import { isNix } from "./state-version.ts";

/** An import that does not say which file it is; offsets. */
interface Vague {
  start: number;
  end: number;
  why: string;
}

/** Imports that a change brings and that do not name their file by a path. */
export function vagueImports(changes: readonly FileChange[]): Diagnostic[] {
  return changes.filter(isNix).flatMap(({ path, before = "", after = "" }) => {
    const known = new Set(vagueIn(before).map(({ start, end }) => before.slice(start, end)));
    const lines = new LineIndex(path, after);
    return vagueIn(after)
      .filter(({ start, end }) => !known.has(after.slice(start, end)))
      .map(({ start, end, why }) => ({
        code: "rules/import-not-explicit",
        severity: "error",
        message: `a module is imported ${why}`,
        span: lines.span(start, end),
        hint: "name the module by its path: ./utils/modules/alloy",
      }));
  });
}

function vagueIn(text: string): Vague[] {
  return nixBindings(text)
    .filter(({ path }) => path.length === 1 && path[0] === "imports")
    .flatMap(({ value }) => vagueElements(text, value.start, value.end));
}

// Imports = "[" { Element } "]"
function vagueElements(text: string, start: number, end: number): Vague[] {
  const tokens = tokensOf(text.slice(start, end)).map((token) => ({
    ...token,
    start: token.start + start,
    end: token.end + start,
  }));
  const symbol = (token: NixToken | undefined): string =>
    token === undefined ? "" : text.slice(token.start, token.end);
  const close = matching(tokens, 0);
  if (symbol(tokens[0]) !== "[" || close !== tokens.length - 1) {
    return [{ start, end, why: "by a list that is computed" }];
  }
  const found: Vague[] = [];
  for (let at = 1; at < close; at += 1) {
    const first = tokens[at];
    if (first === undefined) break;
    const last = first.kind === "open" ? matching(tokens, at) : at;
    const why = vagueness(tokens.slice(at, last + 1), symbol);
    if (why !== undefined) found.push({ start: first.start, end: tokens[last]?.end ?? first.end, why });
    at = last;
  }
  return found;
}

/** Why an element of the list does not say which file it is; undefined where it does, or brings the module along. */
function vagueness(tokens: readonly NixToken[], symbol: (token: NixToken) => string): string | undefined {
  const [first] = tokens;
  if (first === undefined) return undefined;
  const text = symbol(first);
  if (first.kind === "string") return "by a text";
  if (first.kind === "path" && text.startsWith("<"))
    return "by a search path, which is another on each machine";
  if (first.kind === "path" && text.includes("${")) return "by a path that is computed";
  if (text !== "(") return undefined;
  const words = new Set(tokens.map(symbol));
  // NixOS's own modules are found by no other way.
  if (words.has("modulesPath")) return undefined;
  if (words.has("+")) return "by a path that is computed";
  if (tokens.some((token) => token.kind === "path" && symbol(token).startsWith("<"))) {
    return "by a search path, which is another on each machine";
  }
  return undefined;
}

/** The index of the bracket that closes the one at `from`; -1 without any. */
function matching(tokens: readonly NixToken[], from: number): number {
  let depth = 0;
  for (let at = from; at < tokens.length; at += 1) {
    if (tokens[at]?.kind === "open") depth += 1;
    if (tokens[at]?.kind === "close") depth -= 1;
    if (depth === 0) return at;
  }
  return -1;
}

function tokensOf(text: string): NixToken[] {
  try {
    return scanNix(text).filter(({ kind }) => kind !== "comment");
  } catch (caught) {
    // The gate says what is wrong with the file.
    if (caught instanceof NixSyntaxError) return [];
    throw caught;
  }
}

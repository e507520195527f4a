import { error, LineIndex, type Diagnostic } from "../../diagnostics/index.ts";
import { NixSyntaxError, scanNix, type NixToken } from "../../nix/scanner.ts";

/** The `imports` list of a NixOS module as it stands in the text. */
export interface ImportsList {
  /** Offset of `[`. */
  open: number;
  /** Offset of `]`. */
  close: number;
  /** What stands between the brackets, not in brackets of its own; comments too. */
  tokens: readonly NixToken[];
}

/**
 * Finds the list that a module binds to `imports`: `{ ... }: { imports = [ ... ]; }`, also behind `let` and
 * before `++`.
 */
export function findImports(file: string, text: string): ImportsList | Diagnostic {
  const index = new LineIndex(file, text);
  let tokens: NixToken[];
  try {
    tokens = scanNix(text);
  } catch (caught) {
    if (!(caught instanceof NixSyntaxError)) throw caught;
    return error("generate/nix-syntax", `${file} cannot be read as Nix: ${caught.message}`, {
      span: index.span(caught.offset, caught.offset + 1),
      hint: "nix-instantiate --parse says what is wrong",
    });
  }
  const bindings = importsBindings(text, tokens);
  const [binding, second] = bindings;
  if (binding === undefined) {
    return error("generate/no-imports", `${file} binds no imports that could be added to`, {
      span: index.span(0, text.indexOf("\n") === -1 ? text.length : text.indexOf("\n")),
      hint: "give the module a line `imports = [ ];`",
    });
  }
  if (second !== undefined) {
    return error("generate/no-imports", `${file} binds imports more than once`, {
      span: index.span(second.start, second.end),
      hint: "join them into one list",
    });
  }
  const list = listAfter(text, tokens, tokens.indexOf(binding));
  if (list !== undefined) return list;
  return error("generate/no-imports", `the imports of ${file} are no list`, {
    span: index.span(binding.start, binding.end),
    hint: "write them as `imports = [ ... ]`",
  });
}

/** The words `imports` that are bound in the attribute set which the file, or the function in it, evaluates to. */
function importsBindings(text: string, tokens: readonly NixToken[]): NixToken[] {
  const found: NixToken[] = [];
  let depth = 0;
  let inModule = false;
  const code = tokens.filter((token) => token.kind !== "comment");
  for (const [at, token] of code.entries()) {
    if (token.kind === "open") {
      depth += 1;
      if (depth === 1) inModule = text[token.start] === "{" && !isFormals(text, code, at);
    } else if (token.kind === "close") depth -= 1;
    else if (depth === 1 && inModule && isWord(text, token, "imports")) {
      const next = code[at + 1];
      const previous = code[at - 1];
      const isBinding = next !== undefined && text.slice(next.start, next.end) === "=";
      if (isBinding && (previous === undefined || text[previous.start] !== ".")) found.push(token);
    }
  }
  return found;
}

/** True when the brace at `at` opens a function's arguments: what follows its end is `:` or `@`. */
function isFormals(text: string, code: readonly NixToken[], at: number): boolean {
  const close = matching(code, at);
  const after = code[close + 1];
  return after !== undefined && (text[after.start] === ":" || text[after.start] === "@");
}

/** The index of the token that closes what `at` opens. */
function matching(tokens: readonly NixToken[], at: number): number {
  let depth = 0;
  for (let i = at; i < tokens.length; i++) {
    if (tokens[i]?.kind === "open") depth += 1;
    else if (tokens[i]?.kind === "close" && --depth === 0) return i;
  }
  return tokens.length;
}

function isWord(text: string, token: NixToken, word: string): boolean {
  return token.kind === "word" && text.slice(token.start, token.end) === word;
}

/** The first list of the value that is bound at `tokens[binding]`. */
function listAfter(text: string, tokens: readonly NixToken[], binding: number): ImportsList | undefined {
  for (let at = binding + 1; at < tokens.length; at++) {
    const token = tokens[at];
    if (token === undefined || text[token.start] === ";") return undefined;
    if (token.kind !== "open") continue;
    const close = matching(tokens, at);
    const last = tokens[close];
    if (text[token.start] === "[" && last !== undefined) {
      return { open: token.start, close: last.start, tokens: topLevel(tokens.slice(at + 1, close)) };
    }
    at = close;
  }
  return undefined;
}

/** The tokens that stand in no bracket. A bracketed group is given as its opening and closing token. */
function topLevel(tokens: readonly NixToken[]): NixToken[] {
  let depth = 0;
  return tokens.filter((token) => {
    if (token.kind === "close") depth -= 1;
    const outside = depth === 0;
    if (token.kind === "open") depth += 1;
    return outside;
  });
}

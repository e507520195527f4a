import { RE2JS } from "re2js";
import { unquote } from "../string-literal.ts";

const TOKEN = /\s*(\|=|\|~|!=|!~|=~|[={},]|"(?:[^"\\\n]|\\.)*"|[A-Za-z_][A-Za-z0-9_.]*|$|.)/suy;

/**
 * What is wrong with the selector of a stage.match, or undefined.
 *
 *     selector = "{" matcher { "," matcher } "}" { filter }
 *     matcher  = identifier ( "=" | "!=" | "=~" | "!~" ) string
 *     filter   = ( "|=" | "!=" | "|~" | "!~" ) string
 *
 * Strings stand in double quotes only; parsers and label filters of LogQL are not allowed here.
 */
export function selectorError(text: string): string | undefined {
  const tokens = tokenize(text);
  let at = 0;
  const unexpected = (expected: string): string => {
    const token = tokens[at] ?? "";
    return `the selector has ${token === "" ? "its end" : token} where ${expected} is expected`;
  };
  if (tokens[at] !== "{") return unexpected("{");
  do {
    at++;
    if (!/^[A-Za-z_]/.test(tokens[at] ?? "")) return unexpected("a label name");
    at++;
    const wrong = comparison(["=", "!=", "=~", "!~"]);
    if (wrong !== undefined) return wrong;
  } while (tokens[at] === ",");
  if (tokens[at] !== "}") return unexpected("}");
  at++;
  while (tokens[at] !== "") {
    const wrong = comparison(["|=", "!=", "|~", "!~"]);
    if (wrong !== undefined) return wrong;
  }
  return undefined;

  /** Reads an operator and a string, the string a regular expression where the operator says so. */
  function comparison(operators: readonly string[]): string | undefined {
    const operator = tokens[at] ?? "";
    if (!operators.includes(operator)) return unexpected(operators.join(" or "));
    at++;
    const string = tokens[at] ?? "";
    if (string.length < 2 || !string.startsWith('"')) return unexpected("a string in double quotes");
    at++;
    return operator.includes("~") ? regexError(unquote(string)) : undefined;
  }
}

function regexError(pattern: string): string | undefined {
  try {
    RE2JS.compile(pattern);
    return undefined;
  } catch (caught) {
    return `"${pattern}" in the selector is no RE2 expression: ${caught instanceof Error ? caught.message : ""}`;
  }
}

/** The tokens, and an empty one for the end. A character that belongs to none is a token of its own. */
function tokenize(text: string): string[] {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  for (;;) {
    const token = TOKEN.exec(text)?.[1] ?? "";
    tokens.push(token);
    if (token === "") return tokens;
  }
}

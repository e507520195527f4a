import type { Entry } from "../entry.ts";
import { PatternError, Regex } from "../regex.ts";
import { unquoteGo } from "../template/quote.ts";
import { TemplateError } from "../template/index.ts";

const TOKEN = /\s*(?:(\|=|\|~|!=|!~|=~|=|,|\{|\})|("(?:[^"\\\n]|\\.)*")|([\p{L}_][\p{L}\p{Nd}_]*))/uy;

/**
 * Compiles the LogQL of stage.match: `{unit="x", job=~"a|b"} |= "text" != "other"`. Label regexes are anchored, a
 * missing label counts as "", line filters are not anchored.
 *
 * @throws PatternError when it is no such selector; as in Alloy, strings must be in double quotes.
 */
export function compileSelector(text: string): (entry: Entry) => boolean {
  const tokens = tokenize(text);
  const tests: ((entry: Entry) => boolean)[] = [];
  let at = 0;
  const next = (): string => tokens[at++] ?? "";
  expect(next(), "{");
  for (let separator = ","; separator === ",";) {
    const name = next();
    if (!/^[\p{L}_]/u.test(name))
      throw new PatternError(`syntax error: unexpected ${name || "end"}, expecting a label name`);
    tests.push(labelTest(name, next(), string(next())));
    separator = next();
    if (separator !== ",") expect(separator, "}");
  }
  while (at < tokens.length) tests.push(lineTest(next(), string(next())));
  return (entry) => tests.every((test) => test(entry));
}

function tokenize(text: string): string[] {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  const end = text.trimEnd().length;
  while (TOKEN.lastIndex < end) {
    const from = TOKEN.lastIndex;
    const match = TOKEN.exec(text);
    if (match === null) {
      const found = JSON.stringify(text.slice(from).trim().charAt(0));
      throw new PatternError(`syntax error: unexpected ${found}, expecting a string in double quotes`);
    }
    tokens.push(match[1] ?? match[2] ?? match[3] ?? "");
  }
  return tokens;
}

function expect(token: string, wanted: string): void {
  if (token !== wanted)
    throw new PatternError(`syntax error: unexpected ${token || "end"}, expecting ${wanted}`);
}

function string(token: string): string {
  if (!token.startsWith('"'))
    throw new PatternError(`syntax error: unexpected ${token || "end"}, expecting a string in double quotes`);
  try {
    return unquoteGo(token);
  } catch (caught) {
    throw caught instanceof TemplateError ? new PatternError(caught.message) : caught;
  }
}

function labelTest(name: string, operator: string, value: string): (entry: Entry) => boolean {
  const label = (entry: Entry): string => entry.labels.get(name) ?? "";
  switch (operator) {
    case "=":
      return (entry) => label(entry) === value;
    case "!=":
      return (entry) => label(entry) !== value;
    case "=~":
    case "!~": {
      const regex = new Regex(`^(?s:${value})$`);
      return (entry) => regex.test(label(entry)) === (operator === "=~");
    }
    default:
      throw new PatternError(`syntax error: unexpected ${operator || "end"}, expecting =, !=, =~ or !~`);
  }
}

function lineTest(operator: string, value: string): (entry: Entry) => boolean {
  switch (operator) {
    case "|=":
      return (entry) => entry.line.includes(value);
    case "!=":
      return (entry) => !entry.line.includes(value);
    case "|~":
    case "!~": {
      const regex = new Regex(value);
      return (entry) => regex.test(entry.line) === (operator === "|~");
    }
    default:
      throw new PatternError(`syntax error: unexpected ${operator || "end"}, expecting |=, |~, != or !~`);
  }
}

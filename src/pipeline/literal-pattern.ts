/**
 * Patterns that are made of plain text, which most patterns in pipelines are, answered without a regex engine: about
 * ten times as fast. Only what is certain is read here; every other pattern is left to RE2.
 */

/** Texts, one of which must be there: anywhere, at the start, at the end, or as the whole. */
export interface Literals {
  texts: readonly string[];
  atStart: boolean;
  atEnd: boolean;
}

/** Texts that the alternatives of a pattern may multiply to. */
const MAX_TEXTS = 64;

/** A character that stands for itself, or one that is made to by a backslash; of ASCII alone. */
const CHARACTER = /[ !"#%&',\-/0-9:;<=>@A-Z_`a-z~]|\\[!-/:-@[-`{-~]/y;
/** The start of a group that changes nothing for plain text. */
const GROUP = /\((?:\?:|\?s:|\?P?<\w+>|(?!\?))/y;

/**
 * What a pattern asks for, if it is plain text with groups of alternatives:
 *
 *   Pattern      = [ "^" ] { text | Alternatives } [ "$" ]
 *   Alternatives = "(" text { "|" text } ")"
 */
export function readLiterals(pattern: string): Literals | undefined {
  const scanner = new Scanner(pattern);
  const atStart = scanner.take("^");
  let texts = [scanner.text()];
  while (scanner.group()) {
    const alternatives = [scanner.text()];
    while (scanner.take("|")) alternatives.push(scanner.text());
    if (!scanner.take(")")) return undefined;
    const after = scanner.text();
    texts = texts.flatMap((text) => alternatives.map((one) => text + one + after));
    if (texts.length > MAX_TEXTS) return undefined;
  }
  const atEnd = scanner.take("$");
  return scanner.ended ? { texts, atStart, atEnd } : undefined;
}

/** Whether a text has one of the literals where they must be. */
export function hasLiteral(text: string, { texts, atStart, atEnd }: Literals): boolean {
  for (const one of texts) {
    if (
      atStart && atEnd
        ? text === one
        : atStart
          ? text.startsWith(one)
          : atEnd
            ? text.endsWith(one)
            : text.includes(one)
    )
      return true;
  }
  return false;
}

/**
 * What every text begins with that a pattern matches: "session-" of `^(session-\d+.scope)$`. "" when nothing is
 * certain: without "^" at the start, with alternatives, or when the group it is in may be missing.
 */
export function requiredPrefix(pattern: string): string {
  const scanner = new Scanner(pattern);
  if (!scanner.take("^") || /\||\)[?*{]/.test(pattern)) return "";
  let prefix = scanner.text();
  if (prefix === "" && scanner.group()) prefix = scanner.text();
  // The last character may be there any number of times.
  return scanner.quantified ? prefix.slice(0, -1) : prefix;
}

class Scanner {
  readonly #pattern: string;
  #at = 0;

  constructor(pattern: string) {
    this.#pattern = pattern;
  }

  get ended(): boolean {
    return this.#at === this.#pattern.length;
  }

  get quantified(): boolean {
    return "?*+{".includes(this.#pattern.charAt(this.#at)) && !this.ended;
  }

  take(sign: string): boolean {
    if (!this.#pattern.startsWith(sign, this.#at)) return false;
    this.#at += sign.length;
    return true;
  }

  group(): boolean {
    return this.#match(GROUP) !== undefined;
  }

  /** As much plain text as there is. */
  text(): string {
    let text = "";
    for (let one = this.#match(CHARACTER); one !== undefined; one = this.#match(CHARACTER))
      text += one.at(-1) ?? "";
    return text;
  }

  #match(expression: RegExp): string | undefined {
    expression.lastIndex = this.#at;
    const found = expression.exec(this.#pattern)?.[0];
    this.#at += found?.length ?? 0;
    return found;
  }
}

import { RE2JS, RE2JSException } from "re2js";

/** What stands for a class of characters, the likeliest first. */
const CANDIDATES = Array.from(
  "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 -_.:/,;=()[]<>\"'@#%&*+!?|~^$\\{}`\t",
);

/**
 * A short text that a RE2 pattern matches: of alternatives the first, of what may be left out nothing. Undefined for a
 * pattern that is faulty, or that is too involved for so simple a reading; what is given does match.
 */
export function exampleOf(pattern: string): string | undefined {
  try {
    const made = new Reading(pattern).alternatives();
    return made !== undefined && RE2JS.compile(pattern).test(made) ? made : undefined;
  } catch (caught) {
    if (caught instanceof RE2JSException) return undefined;
    throw caught;
  }
}

class Reading {
  readonly #pattern: string;
  #at = 0;

  constructor(pattern: string) {
    this.#pattern = pattern;
  }

  /** Alternatives = Sequence { "|" Sequence } */
  alternatives(): string | undefined {
    const first = this.#sequence();
    while (this.#take("|")) this.#sequence();
    return first;
  }

  /** Sequence = { Atom [ Repetition ] } */
  #sequence(): string | undefined {
    let text: string | undefined = "";
    while (this.#at < this.#pattern.length && !"|)".includes(this.#peek())) {
      const atom = this.#atom();
      const least = this.#repetition();
      text = text === undefined || atom === undefined ? undefined : text + atom.repeat(least);
    }
    return text;
  }

  /** Atom = "(" Alternatives ")" | "[" class "]" | "\\" escape | "." | "^" | "$" | character */
  #atom(): string | undefined {
    if (this.#take("(")) return this.#group();
    if (this.#peek() === "[") return this.#member(this.#class());
    if (this.#peek() === "\\") return this.#escape();
    if (this.#take(".")) return "x";
    if (this.#take("^") || this.#take("$")) return "";
    return this.#next();
  }

  #group(): string | undefined {
    const head = /^\?(?:P?<\w+>|[a-zA-Z-]*(?::|(?=\))))/.exec(this.#pattern.slice(this.#at));
    this.#at += head?.[0].length ?? 0;
    const inside = this.alternatives();
    return this.#take(")") ? inside : undefined;
  }

  /** The text of a class, brackets and all. */
  #class(): string {
    const found = /^\[\^?\]?(?:\\.|\[:\^?\w+:\]|[^\]\\])*\]/s.exec(this.#pattern.slice(this.#at));
    const text = found?.[0] ?? this.#peek();
    this.#at += text.length;
    return text;
  }

  #escape(): string | undefined {
    const rest = this.#pattern.slice(this.#at);
    const [text = "\\"] =
      /^\\(?:[pP](?:\{\^?\w+\}|\w)|x\{[0-9a-fA-F]+\}|x[0-9a-fA-F]{2}|Q.*?(?:\\E|$)|.)/s.exec(rest) ?? [];
    this.#at += text.length;
    if (/^\\[bBAz]$/.test(text)) return "";
    if (text.startsWith("\\Q")) return text.slice(2).replace(/\\E$/, "");
    return this.#member(text);
  }

  #member(of: string): string | undefined {
    const one = RE2JS.compile(`^(?:${of})$`);
    return CANDIDATES.find((character) => one.test(character));
  }

  /** Repetition = ( "*" | "+" | "?" | "{" n [ "," [ m ] ] "}" ) [ "?" ]; how often at least. */
  #repetition(): number {
    let least = 1;
    for (;;) {
      const found = /^(?:\*|\+|\?|\{(\d+)(?:,\d*)?\})\??/.exec(this.#pattern.slice(this.#at));
      if (found === null) return least;
      this.#at += found[0].length;
      if (found[0].startsWith("+")) continue;
      least *= Number(found[1] ?? 0);
    }
  }

  #peek(): string {
    return this.#pattern.charAt(this.#at);
  }

  #next(): string {
    const [character = ""] = this.#pattern.slice(this.#at);
    this.#at += character.length;
    return character;
  }

  #take(character: string): boolean {
    if (this.#peek() !== character) return false;
    this.#at += 1;
    return true;
  }
}

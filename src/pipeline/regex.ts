import { RE2JS, RE2JSException } from "re2js";
import { hasLiteral, readLiterals, requiredPrefix, type Literals } from "./literal-pattern.ts";

/** A pattern that RE2 refuses; the message is Go's. */
export class PatternError extends Error {}

/** One match: where it is and its groups. `groups[0]` is the whole match; a group that took no part is undefined. */
export interface Match {
  start: number;
  end: number;
  groups: readonly (string | undefined)[];
  /** Start and end of each group, -1 for one that took no part. */
  spans: readonly (readonly [start: number, end: number])[];
}

/**
 * A regular expression of a user's, in Go's (RE2) syntax and with its semantics: leftmost-first, linear time.
 *
 * @throws PatternError when the pattern cannot be compiled.
 */
export class Regex {
  readonly source: string;
  /** Names of the groups by number; "" for a group without a name. */
  readonly names: readonly string[];
  readonly #compiled: RE2JS;
  readonly #literals: Literals | undefined;
  readonly #prefix: string;

  constructor(source: string) {
    this.source = source;
    try {
      this.#compiled = RE2JS.compile(source);
    } catch (caught) {
      if (caught instanceof RE2JSException) throw new PatternError(caught.message);
      throw caught;
    }
    const names = Array.from({ length: this.#compiled.groupCount() + 1 }, () => "");
    for (const [name, group] of Object.entries(this.#compiled.namedGroups())) names[group] = name;
    this.names = names;
    this.#literals = readLiterals(source);
    this.#prefix = requiredPrefix(source);
  }

  /** Go's MatchString: does it match anywhere? */
  test(text: string): boolean {
    if (this.#literals !== undefined) return hasLiteral(text, this.#literals);
    return text.startsWith(this.#prefix) && this.#compiled.test(text);
  }

  /** The first match, or undefined. */
  find(text: string): Match | undefined {
    if (!this.#mayMatch(text)) return undefined;
    const matcher = this.#compiled.matcher(text);
    return matcher.find() ? this.#match(matcher) : undefined;
  }

  /** All matches that do not overlap; as in Go, an empty match right after another match does not count. */
  *findAll(text: string): Generator<Match> {
    if (!this.#mayMatch(text)) return;
    const matcher = this.#compiled.matcher(text);
    let previous = -1;
    while (matcher.find()) {
      const match = this.#match(matcher);
      if (match.start === match.end && match.start === previous) continue;
      previous = match.end;
      yield match;
    }
  }

  /** Replaces every match by what `replacement` makes of it. */
  replaceAll(text: string, replacement: (match: Match) => string): string {
    let result = "";
    let from = 0;
    for (const match of this.findAll(text)) {
      result += text.slice(from, match.start) + replacement(match);
      from = match.end;
    }
    return from === 0 && result === "" ? text : result + text.slice(from);
  }

  /** False when it is certain without RE2 that there is no match. */
  #mayMatch(text: string): boolean {
    return this.#literals === undefined ? text.startsWith(this.#prefix) : hasLiteral(text, this.#literals);
  }

  #match(matcher: ReturnType<RE2JS["matcher"]>): Match {
    const spans = this.names.map((_, group) => [matcher.start(group), matcher.end(group)] as const);
    const groups = this.names.map((_, group) => matcher.group(group) ?? undefined);
    const [start, end] = spans[0] ?? [0, 0];
    return { start, end, groups, spans };
  }
}

/**
 * Go's Regexp.Expand: `$1`, `${1}`, `$name`, `${name}` and `$$` in a replacement. A name is as long as it can be
 * (`$1x` is the group "1x"), an unknown one is empty, and a `$` that begins no name stays.
 */
export function expand(template: string, match: Match, names: readonly string[]): string {
  if (!template.includes("$")) return template;
  return template.replace(
    /\$(?:(\$)|\{(\w+)\}|(\w+))/g,
    (_, dollar?: string, braced?: string, bare?: string) => {
      if (dollar !== undefined) return "$";
      const name = braced ?? bare ?? "";
      if (/^\d+$/.test(name)) return match.groups[Number(name)] ?? "";
      return match.groups[names.indexOf(name)] ?? "";
    },
  );
}

/** Go's regexp.QuoteMeta. */
export function quoteMeta(text: string): string {
  return text.replace(/[\\.+*?()|[\]{}^$]/g, "\\$&");
}

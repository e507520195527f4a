import { RULES, type Rule } from "./rules.ts";

/** A field's value as `journalctl -o json` prints it. */
type FieldValue = string | readonly number[] | readonly (string | readonly number[])[] | null;
type Entry = Readonly<Record<string, FieldValue>>;

/** What a rule replaced. */
export interface RuleCount {
  rule: string;
  finds: string;
  /** How often. */
  replaced: number;
  /** How many different values. */
  values: number;
}

/**
 * Fields that are left as they are: what pipelines match on and make labels of, times and numbers. None of them holds
 * what a program wrote.
 */
const KEPT = new Set([
  "_SYSTEMD_UNIT",
  "_SYSTEMD_USER_UNIT",
  "_SYSTEMD_SLICE",
  "_SYSTEMD_USER_SLICE",
  "_SYSTEMD_CGROUP",
  "_SYSTEMD_OWNER_UID",
  "_SYSTEMD_SESSION",
  "UNIT",
  "USER_UNIT",
  "OBJECT_SYSTEMD_UNIT",
  "COREDUMP_UNIT",
  "COREDUMP_USER_UNIT",
  "COREDUMP_CGROUP",
  "SYSLOG_IDENTIFIER",
  "_COMM",
  "COREDUMP_COMM",
  "_TRANSPORT",
  "_HOSTNAME",
  "MESSAGE_ID",
  "PRIORITY",
]);

/** Fields that name the machine and its boots, 32 hexadecimal digits each. */
const MACHINE = new Set(["_MACHINE_ID", "_BOOT_ID", "_SYSTEMD_INVOCATION_ID", "INVOCATION_ID"]);
const MACHINE_RULE = { name: "machine-id", finds: "fields that name the machine, a boot or a run of a unit" };

/**
 * Replaces in journal entries what says who or where, and what opens a door. The same value gets the same
 * placeholder wherever it stands, in the order in which values are first seen.
 */
export class Redactor {
  /** Placeholders of the values of each kind. */
  readonly #placeholders = new Map<string, Map<string, string>>();
  /** What each rule replaced, one value an item. */
  readonly #found = new Map<string, { replaced: number; values: Set<string> }>();

  /** The entry with the same fields, but for its cursor, which names the machine and says nothing to a pipeline. */
  redact(entry: Entry): Entry {
    const { __CURSOR: _, ...fields } = entry;
    return Object.fromEntries(
      Object.entries(fields).map(([name, value]) => [name, this.#field(name, value)] as const),
    );
  }

  /** What was replaced so far, one line a rule, also for rules that found nothing. */
  counts(): RuleCount[] {
    return [...RULES, MACHINE_RULE].map(({ name, finds }) => ({
      rule: name,
      finds,
      replaced: this.#found.get(name)?.replaced ?? 0,
      values: this.#found.get(name)?.values.size ?? 0,
    }));
  }

  #field(name: string, value: FieldValue): FieldValue {
    if (value === null || KEPT.has(name) || name.startsWith("__")) return value;
    if (typeof value === "string") return this.#text(name, value);
    if (isBytes(value)) return this.#bytes(name, value);
    return value.map((one) => (typeof one === "string" ? this.#text(name, one) : this.#bytes(name, one)));
  }

  /** Bytes as one character each: what the rules look for is ASCII, and the others stay what they are. */
  #bytes(name: string, value: readonly number[]): readonly number[] {
    const text = Buffer.from(value).toString("latin1");
    const redacted = this.#text(name, text);
    return redacted === text ? value : [...Buffer.from(redacted, "latin1")];
  }

  #text(name: string, text: string): string {
    if (MACHINE.has(name)) {
      return this.#replace(MACHINE_RULE, text, (number) => number.toString(16).padStart(32, "0"));
    }
    return RULES.reduce((redacted, rule) => this.#apply(rule, redacted), text);
  }

  #apply(rule: Rule, text: string): string {
    const { pattern, except, placeholder } = rule;
    return text.replace(pattern, (...args: unknown[]) => {
      const [whole] = args as [string];
      const last = args.at(-1);
      const groups = typeof last === "object" ? (last as Record<string, string | undefined>) : {};
      const value = groups["value"] ?? whole;
      if (except?.(value) === true) return whole;
      // The value ends the match, or is followed by what belongs to the pattern and not to it.
      const at = whole.lastIndexOf(value);
      const shown = this.#replace(rule, value, (number) => placeholder(number, value));
      return whole.slice(0, at) + shown + whole.slice(at + value.length);
    });
  }

  #replace(
    { name, kind = name }: Pick<Rule, "name" | "kind">,
    value: string,
    placeholder: (number: number) => string,
  ): string {
    const found = this.#found.get(name) ?? { replaced: 0, values: new Set() };
    this.#found.set(name, { replaced: found.replaced + 1, values: found.values.add(value) });
    const known = this.#placeholders.get(kind) ?? new Map<string, string>();
    this.#placeholders.set(kind, known);
    const shown = known.get(value) ?? placeholder(known.size + 1);
    known.set(value, shown);
    return shown;
  }
}

function isBytes(value: readonly unknown[]): value is readonly number[] {
  return value.length > 0 && value.every((one) => typeof one === "number");
}

import type { Arguments } from "../config/arguments.ts";
import { Entry } from "../entry.ts";
import type { JournalEntry, JournalFields } from "../journal/entry.ts";
import { Memo } from "../memo.ts";
import { dropEntry, type Drop, type Place } from "../receiver.ts";
import { relabel, type Rule } from "../relabel.ts";
import { snapshot, traceSource } from "../trace.ts";
import { formatDuration } from "../time/go-time.ts";
import type { ComponentContext } from "./component.ts";
import { isBefore } from "../version.ts";

/** A source of journal entries. */
export interface JournalSource {
  /** `loki.source.journal.read`. */
  id: string;
  push(entry: JournalEntry, index: number): void;
  flush(): void;
}

/** What the rules make of the labels that an entry comes with. */
type Relabelling = { labels: ReadonlyMap<string, string> } | { drop: Drop; stage: string };

const FIELD_PREFIX = "__journal_";
const PRIORITY_KEYWORD = "__journal_priority_keyword";
const PRIORITIES = ["emerg", "alert", "crit", "error", "warning", "notice", "info", "debug"];

/**
 * loki.source.journal. Rules see the static labels and a `__journal_` label for each field; labels that begin with
 * `__` do not leave the source. What the source does not read (`matches`, max_age) counts as dropped there.
 */
export function journalSource(args: Arguments, context: ComponentContext): JournalSource {
  const next = context.fanOut(args.receivers("forward_to"));
  const asJson = args.bool("format_as_json", false);
  const labels = staticLabels(args, context);
  const matches = readMatches(args);
  const maxAge = args.duration("max_age", "7h");
  const rulesFrom = args.capsule("relabel_rules", "rules");
  const rules = rulesFrom === undefined ? [] : context.rulesOf(rulesFrom);
  const { addLabels, keyOf } = fieldLabels(rules, context.onField);
  for (const [field] of matches) context.onField(field);
  if (!asJson) context.onField("MESSAGE");
  const place = { component: context.id, stage: context.id };
  const relabellings = new Memo<Relabelling>();

  /** Why the source does not read an entry, if it does not. */
  function whyUnread({ fields, timestamp }: JournalEntry): Drop | undefined {
    if (!matches.every(([field, value]) => fields.get(field) === value)) {
      const detail = `not picked by matches = ${JSON.stringify(args.string("matches"))}`;
      return { reason: "matches", detail };
    }
    if (context.applyMaxAge && timestamp < context.clock() - maxAge) {
      return { reason: "max_age", detail: `older than max_age, ${formatDuration(maxAge)}` };
    }
    if (!asJson && fields.get("MESSAGE") === undefined) {
      return { reason: "no_message", detail: "the entry has no MESSAGE" };
    }
    return undefined;
  }

  /** Makes the labels of an entry of those that it begins with; the steps go into the trace of `traced`. */
  function relabelled(begun: Map<string, string>, fields: JournalFields, traced?: Entry): Relabelling {
    addLabels(begun, fields);
    const dropping = relabel(rules, begun, traced && ruleTracer(traced, place, rulesFrom ?? ""));
    if (dropping !== undefined) {
      const detail = `dropped by ${rules[dropping]?.summary ?? "a rule"}`;
      return { drop: { reason: "relabel_rules", detail }, stage: `${rulesFrom ?? ""}.rule[${dropping}]` };
    }
    for (const [name, value] of begun) if (name.startsWith("__") || value === "") begun.delete(name);
    if (begun.size > 0) return { labels: begun };
    return {
      drop: { reason: "no_labels", detail: "no label is left after relabelling" },
      stage: place.stage,
    };
  }

  return {
    id: context.id,
    push(journal, index) {
      const line = asJson ? journal.fields : journal.fields.get("MESSAGE");
      const entry = new Entry(
        { line: line ?? "", timestamp: journal.timestamp, labels: new Map(labels), from: [index] },
        context.trace,
      );
      const unread = whyUnread(journal);
      if (unread !== undefined) {
        dropEntry(entry, unread, place, context.ledger);
        return;
      }
      traceSource(entry, context.id);
      // With a trace each rule is gone through for each entry, else once for the values that the rules look at.
      const key = context.trace ? undefined : keyOf(journal.fields);
      const result =
        key === undefined
          ? relabelled(entry.labels, journal.fields, entry)
          : relabellings.of(key, () => relabelled(new Map(labels), journal.fields));
      if ("drop" in result) {
        dropEntry(entry, result.drop, { ...place, stage: result.stage }, context.ledger);
        return;
      }
      if (key !== undefined) entry.labels = new Map(result.labels);
      next.push(entry);
    },
    flush: () => next.flush(),
  };
}

/** Adds a step to the trace for each rule that changed a label. */
function ruleTracer(
  entry: Entry,
  { component }: Place,
  rulesFrom: string,
): ((index: number) => void) | undefined {
  const { trace } = entry;
  if (trace === undefined) return undefined;
  let before = snapshot(entry);
  return (index) => {
    const after = snapshot(entry);
    if (JSON.stringify(before.labels) !== JSON.stringify(after.labels)) {
      trace.push({ in: component, stage: `${rulesFrom}.rule[${index}]`, before, after });
    }
    before = after;
  };
}

/**
 * Up to 1.18 a `job` label names the source unless `labels` has one. 1.19 overwrites even that
 * (grafana/alloy#6980).
 */
function staticLabels(args: Arguments, context: ComponentContext): ReadonlyMap<string, string> {
  const labels = args.map("labels", new Map());
  const overwrites = !isBefore(context.alloyVersion, 1, 19);
  return overwrites ? new Map([...labels, ["job", context.id]]) : new Map([["job", context.id], ...labels]);
}

/** `FIELD=VALUE` pairs, all of which must hold. */
function readMatches(args: Arguments): readonly (readonly [field: string, value: string])[] {
  return args
    .string("matches", "")
    .split(/\s+/)
    .filter((match) => match !== "")
    .map((match) => {
      const [field = "", value, ...more] = match.split("=");
      if (value === undefined || more.length > 0) return args.fail(`${match} is not FIELD=VALUE`, "matches");
      return [field, value] as const;
    });
}

interface FieldLabels {
  /** Adds the `__journal_` labels that the rules look at. */
  addLabels: (labels: Map<string, string>, fields: JournalFields) => void;
  /** A text that two entries share exactly when the rules see the same of them; undefined when they see all. */
  keyOf: (fields: JournalFields) => string | undefined;
}

/**
 * Names of journal fields are upper case throughout, so the field of a label is known from its name. Rules that go
 * through all labels get all.
 */
function fieldLabels(rules: readonly Rule[], onField: (name: string) => void): FieldLabels {
  const read = new Set<string>();
  for (const rule of rules) {
    if (rule.reads === "all") return { addLabels: addAllFields, keyOf: () => undefined };
    for (const name of rule.reads) if (name.startsWith(FIELD_PREFIX)) read.add(name);
  }
  const wanted = [...read].map((name) => {
    const keyword = name === PRIORITY_KEYWORD;
    return { name, keyword, field: keyword ? "PRIORITY" : name.slice(FIELD_PREFIX.length).toUpperCase() };
  });
  for (const { field } of wanted) onField(field);
  return {
    addLabels(labels, fields) {
      for (const { name, keyword, field } of wanted) {
        const value = fields.get(field);
        if (value !== undefined) labels.set(name, keyword ? priorityKeyword(value) : value);
      }
    },
    keyOf(fields) {
      let key = "";
      for (const { field } of wanted) {
        const value = fields.get(field);
        key += value === undefined ? "-" : `${value.length} ${value}`;
      }
      return key;
    },
  };
}

function addAllFields(labels: Map<string, string>, fields: JournalFields): void {
  for (const [name, value] of fields) {
    labels.set(FIELD_PREFIX + name.toLowerCase(), value);
    if (name === "PRIORITY") labels.set(PRIORITY_KEYWORD, priorityKeyword(value));
  }
}

function priorityKeyword(value: string): string {
  return PRIORITIES[Number(value)] ?? value;
}

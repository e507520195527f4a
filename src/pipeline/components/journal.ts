import type { Arguments } from "../config/arguments.ts";
import { Entry } from "../entry.ts";
import type { JournalEntry, JournalFields } from "../journal/entry.ts";
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
  const addLabels = fieldLabels(rules, context.onField);
  for (const [field] of matches) context.onField(field);
  if (!asJson) context.onField("MESSAGE");
  const place = { component: context.id, stage: context.id };

  return {
    id: context.id,
    push(journal, index) {
      const line = asJson ? journal.fields : journal.fields.get("MESSAGE");
      const { timestamp } = journal;
      const entry = new Entry(
        { line: line ?? "", timestamp, labels: new Map(labels), from: [index] },
        context.trace,
      );
      const drop = (reason: string, detail: string, stage = place.stage): void => {
        dropEntry(entry, { reason, detail } satisfies Drop, { ...place, stage }, context.ledger);
      };
      if (!matches.every(([field, value]) => journal.fields.get(field) === value)) {
        drop("matches", `not picked by matches = ${JSON.stringify(args.string("matches"))}`);
        return;
      }
      if (context.applyMaxAge && journal.timestamp < context.clock() - maxAge) {
        drop("max_age", `older than max_age, ${formatDuration(maxAge)}`);
        return;
      }
      if (line === undefined) {
        drop("no_message", "the entry has no MESSAGE");
        return;
      }
      traceSource(entry, context.id);
      addLabels(entry.labels, journal.fields);
      const dropping = relabel(rules, entry.labels, ruleTracer(entry, place, rulesFrom ?? ""));
      if (dropping !== undefined) {
        drop(
          "relabel_rules",
          `dropped by ${rules[dropping]?.summary ?? "a rule"}`,
          `${rulesFrom ?? ""}.rule[${dropping}]`,
        );
        return;
      }
      for (const [name, value] of entry.labels)
        if (name.startsWith("__") || value === "") entry.labels.delete(name);
      if (entry.labels.size === 0) {
        drop("no_labels", "no label is left after relabelling");
        return;
      }
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

/**
 * Adds the `__journal_` labels that the rules look at. Names of journal fields are upper case throughout, so the
 * field of a label is known from its name. Rules that go through all labels get all.
 */
function fieldLabels(
  rules: readonly Rule[],
  onField: (name: string) => void,
): (labels: Map<string, string>, fields: JournalFields) => void {
  const read = new Set<string>();
  for (const rule of rules) {
    if (rule.reads === "all") return addAllFields;
    for (const name of rule.reads) if (name.startsWith(FIELD_PREFIX)) read.add(name);
  }
  const wanted = [...read].map((name) => {
    const keyword = name === PRIORITY_KEYWORD;
    return { name, keyword, field: keyword ? "PRIORITY" : name.slice(FIELD_PREFIX.length).toUpperCase() };
  });
  for (const { field } of wanted) onField(field);
  return (labels, fields) => {
    for (const { name, keyword, field } of wanted) {
      const value = fields.get(field);
      if (value !== undefined) labels.set(name, keyword ? priorityKeyword(value) : value);
    }
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

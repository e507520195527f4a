import { quoteJson } from "../json-text.ts";
import type { Arguments } from "../config/arguments.ts";
import { newEntry } from "../entry.ts";
import type { JournalEntry } from "../journal.ts";
import { dropEntry, type Drop } from "../receiver.ts";
import { relabel } from "../relabel.ts";
import { formatDuration } from "../time/go-time.ts";
import type { ComponentContext } from "./component.ts";

/** A source of journal entries. */
export interface JournalSource {
  push(entry: JournalEntry, index: number): void;
  flush(): void;
}

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
  const place = { component: context.id, stage: context.id };

  return {
    push(journal, index) {
      const line = asJson ? fieldsJson(journal.fields) : journal.fields.get("MESSAGE");
      const entry = newEntry(
        { line: line ?? "", timestamp: journal.timestamp, labels: new Map(labels), from: [index] },
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
      addFieldLabels(entry.labels, journal.fields);
      const dropping = relabel(rules, entry.labels);
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

/**
 * Up to 1.18 a `job` label names the source unless `labels` has one. 1.19 overwrites even that
 * (grafana/alloy#6980).
 */
function staticLabels(args: Arguments, context: ComponentContext): ReadonlyMap<string, string> {
  const labels = args.map("labels", new Map());
  const [major = 0, minor = 0] = context.alloyVersion.split(".").map(Number);
  const overwrites = major > 1 || (major === 1 && minor >= 19);
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

function addFieldLabels(labels: Map<string, string>, fields: ReadonlyMap<string, string>): void {
  for (const [name, value] of fields) {
    labels.set(`__journal_${name.toLowerCase()}`, value);
    if (name === "PRIORITY") labels.set("__journal_priority_keyword", PRIORITIES[Number(value)] ?? value);
  }
}

/** The line that format_as_json makes: all fields, sorted by name. */
function fieldsJson(fields: ReadonlyMap<string, string>): string {
  const pairs = [...fields.keys()]
    .sort()
    .map((name) => `${quoteJson(name)}:${quoteJson(fields.get(name) ?? "")}`);
  return `{${pairs.join(",")}}`;
}

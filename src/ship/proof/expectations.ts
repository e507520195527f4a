import { quote, selector, type Assertion } from "../../loki/index.ts";
import type { RawEntry } from "../journal/entry.ts";
import type { Prediction, Reading } from "./prediction.ts";
import type { DropRule } from "./state.ts";

/** What must be true in Loki after the entries were shipped, and what that leaves open. */
export interface Expectations {
  assertions: readonly Assertion[];
  counts: Counts;
  /** The query for all that was shipped; undefined when there is no label to ask by. */
  all: string | undefined;
  /** What is not proven, in sentences. */
  limits: readonly string[];
}

/** What becomes of the entries. */
export interface Counts {
  entries: number;
  sent: number;
  dropped: number;
  /** For each drop stage with an expression: how many entries it must take; 0 when no entry exercises it. */
  byDrop: readonly { rule: string; dropped: number }[];
}

type Labels = Readonly<Record<string, string>>;

/**
 * Turns a reading of the promtail configuration and the raw entries into LogQL assertions: each drop leaves
 * nothing, the labels are there, counts in all and by label are exact, and so are rewritten lines and values.
 */
export function expectations(reading: Reading, entries: readonly RawEntry[]): Expectations {
  const predictions = entries.map((entry) => reading.predict(entry));
  const kept = distinct(predictions.filter(({ arrives }) => arrives));
  const byDrop = reading.drops.map((rule, index) => ({
    rule: nameOf(rule),
    dropped: predictions.filter(({ drop }) => drop === index).length,
  }));
  const dropped = predictions.filter(({ arrives }) => !arrives).length;
  const counts = { entries: entries.length, sent: kept.length, dropped, byDrop };

  const limits = byDrop
    .filter((drop) => drop.dropped === 0)
    .map(({ rule }) => `no entry exercised the drop ${rule}`);
  const certain = reading.unread.length === 0;
  const common = certain ? commonLabels(kept) : reading.staticLabels;
  for (const part of reading.unread) {
    limits.push(`${part} of the promtail configuration cannot be predicted by the proof`);
  }
  if (Object.keys(common).length === 0) {
    limits.push("the entries have no label in common by which Loki could be asked, so nothing is asserted");
    return { assertions: [], counts, all: undefined, limits };
  }
  const all = selector(common);
  const drops = reading.drops.flatMap((rule, index) => {
    const logql = dropQuery(rule, reading, common);
    if (logql === undefined) {
      limits.push(`the drop ${nameOf(rule)} tests values that do not reach Loki; only the counts cover it`);
      return [];
    }
    const name = `${nameOf(rule)} is dropped (${byDrop[index]?.dropped ?? 0} of ${entries.length} entries)`;
    return [{ name, logql, expect: { kind: "none" as const } }];
  });
  if (!certain) {
    limits.push("counts, lines and other labels are therefore not asserted");
    const some: Assertion = {
      name: `entries arrive with ${pairs(common)}`,
      logql: all,
      expect: { kind: "some" },
    };
    return { assertions: [some, ...drops], counts, all, limits };
  }
  const assertions = [
    ...exactly(common, kept),
    ...ownLines(common, kept, limits),
    ...drops,
    ...rewritten(common, kept),
    ...reshaped(common, kept),
  ];
  return { assertions, counts, all, limits };
}

/** Counts: in all, and by each label that tells entries apart. */
function exactly(common: Labels, kept: readonly Prediction[]): Assertion[] {
  return [
    {
      name: `all other entries arrive, once, with ${pairs(common)}`,
      logql: selector(common),
      expect: { kind: "count", count: kept.length },
    },
    ...otherLabels(common, kept).map((label): Assertion => ({
      name: `each value of the label ${label} has its exact count`,
      logql: selector(common),
      expect: { kind: "counts", by: label, counts: tally(kept.map(({ labels }) => labels[label] ?? "")) },
    })),
  ];
}

/** Every line, as far as the proof spells them out. */
function ownLines(common: Labels, kept: readonly Prediction[], limits: string[]): Assertion[] {
  const lines = kept.map(({ line }) => line).filter((line) => line !== undefined);
  const whole = kept.length - lines.length;
  if (whole > 0) {
    limits.push(
      `${whole} entries are shipped as JSON, so that lines are compared only where labels tell them apart`,
    );
    return [];
  }
  const name = "every line is the entry's own, or what the pipeline makes of it";
  return [{ name, logql: selector(common), expect: { kind: "lines", lines } }];
}

/** Values that a replace stage changed: none is left, and all stand under the new value. */
function rewritten(common: Labels, kept: readonly Prediction[]): Assertion[] {
  const assertions = new Map<string, Assertion>();
  for (const { labels, replaced } of kept) {
    for (const { from, to } of replaced) {
      const label = Object.keys(labels).find((name) => labels[name] === to);
      if (label === undefined) continue;
      assertions.set(`${label}=${from}`, {
        name: `no entry has ${label}=${from}`,
        logql: selector({ ...common, [label]: from }),
        expect: { kind: "none" },
      });
      assertions.set(`${label}=${to}`, {
        name: `entries have ${label}=${to} instead`,
        logql: selector({ ...common, [label]: to }),
        expect: { kind: "count", count: kept.filter((other) => other.labels[label] === to).length },
      });
    }
  }
  return [...assertions.values()];
}

/** The lines of entries with a label that others do not have (`coredump_unit`): the pipeline reshapes them. */
function reshaped(common: Labels, kept: readonly Prediction[]): Assertion[] {
  const rare = otherLabels(common, kept).filter((label) => kept.some(({ labels }) => !(label in labels)));
  return rare.flatMap((label) => {
    const values = new Set(kept.map(({ labels }) => labels[label]).filter((value) => value !== undefined));
    return [...values].flatMap((value): Assertion[] => {
      const lines = kept.filter(({ labels }) => labels[label] === value).map(({ line }) => line);
      if (!lines.every((line) => line !== undefined)) return [];
      const name = `entries with ${label}=${value} have the reshaped line`;
      return [{ name, logql: selector({ ...common, [label]: value }), expect: { kind: "lines", lines } }];
    });
  });
}

/** A log query for what a drop should have taken: over the line, or over labels and line put together. */
function dropQuery(rule: DropRule, reading: Reading, common: Labels): string | undefined {
  const { sources, separator, expression } = rule;
  const filter = `|~ ${quote(expression)}`;
  const line = reading.lineName;
  if (sources === undefined && line !== undefined) return undefined;
  if (sources === undefined || (sources.length === 1 && sources[0] === line))
    return `${selector(common)} ${filter}`;
  const parts = sources.map((name) => {
    if (name === line) return "{{__line__}}";
    const label = reading.labelOf.get(name);
    return label === undefined ? undefined : `{{.${label}}}`;
  });
  if (!parts.every((part) => part !== undefined)) return undefined;
  return `${selector(common)} | line_format ${quote(parts.join(separator))} ${filter}`;
}

function pairs(labels: Labels): string {
  return Object.entries(labels)
    .map(([label, value]) => `${label}=${value}`)
    .join(" and ");
}

function nameOf({ sources, expression }: DropRule): string {
  return `${sources?.join(",") ?? "line"} =~ ${expression}`;
}

/** Labels that every kept entry has with the same value. */
function commonLabels(kept: readonly Prediction[]): Labels {
  const [first, ...rest] = kept;
  const labels = Object.entries(first?.labels ?? {});
  return Object.fromEntries(
    labels.filter(([label, value]) => rest.every((other) => other.labels[label] === value)),
  );
}

function otherLabels(common: Labels, kept: readonly Prediction[]): string[] {
  return [...new Set(kept.flatMap(({ labels }) => Object.keys(labels)))].filter(
    (label) => !(label in common),
  );
}

function tally(values: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const value of values) counts[value] = (counts[value] ?? 0) + 1;
  return counts;
}

/** Loki keeps entries that are equal in labels, time and line once. */
function distinct(predictions: readonly Prediction[]): Prediction[] {
  const seen = new Map<string, Prediction>();
  for (const prediction of predictions) {
    const { entry, labels, line } = prediction;
    const key = JSON.stringify([labels, entry["__REALTIME_TIMESTAMP"], line ?? JSON.stringify(entry)]);
    if (!seen.has(key)) seen.set(key, prediction);
  }
  return [...seen.values()];
}

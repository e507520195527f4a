import { RE2JS } from "re2js";
import { fieldText, type RawEntry } from "../journal/entry.ts";
import {
  dropStage,
  jsonStage,
  labelsStage,
  outputStage,
  regexStage,
  replaceStage,
  templateStage,
  type PromtailShape,
  type Relabel,
} from "./promtail-shape.ts";
import { readTemplate } from "./template.ts";

/** What the promtail configuration, read by itself, says must become of one entry. */
export interface Prediction {
  entry: RawEntry;
  labels: Readonly<Record<string, string>>;
  /** Undefined when it is the whole entry as JSON, which the proof does not spell out. */
  line: string | undefined;
  arrives: boolean;
  /** The drop (an index into `drops`) that takes it away, when one does. */
  drop: number | undefined;
  /** Values that a replace stage changed: `session-12.scope` to `session.scope`. */
  replaced: readonly Replaced[];
}

export interface Replaced {
  name: string;
  from: string;
  to: string;
}

export interface DropRule {
  sources: readonly string[];
  separator: string;
  expression: string;
}

/** A journal scrape as far as the proof can read it. */
export interface Reading {
  predict(entry: RawEntry): Prediction;
  drops: readonly DropRule[];
  /** The name whose value becomes the line, and the label that each name becomes. */
  lineName: string | undefined;
  labelOf: ReadonlyMap<string, string>;
  /** What the proof cannot predict, in sentences; not empty: counts and lines are not certain. */
  unread: readonly string[];
}

/** The state of one entry on its way. */
interface State {
  entry: RawEntry;
  values: Map<string, string>;
  labels: Record<string, string>;
  line: string | undefined;
  arrives: boolean;
  drop: number | undefined;
  replaced: Replaced[];
}

type Step = (state: State) => void;

/**
 * Reads the journal scrape of a promtail configuration stage by stage, without any part of the pipeline
 * engine, into a function from an entry to what must become of it. Knows the stages that journal pipelines
 * consist of; every other one is named in `unread`.
 */
export function readPromtail(shape: PromtailShape): Reading {
  const unread: string[] = [];
  const drops: DropRule[] = [];
  const labelOf = new Map<string, string>();
  let lineName: string | undefined;
  const steps: Step[] = [];

  const [scrape, ...otherScrapes] = shape.scrapes;
  const [externalLabels = {}, ...otherClients] = shape.externalLabels;
  if (otherScrapes.length > 0) unread.push("a second journal scrape");
  if (otherClients.length > 0) unread.push("a second client");
  if (scrape?.journal.matches) unread.push("journal.matches");
  const json = scrape?.journal.json === true;

  for (const [index, rule] of (scrape?.relabel_configs ?? []).entries()) {
    const step = relabelStep(rule);
    if (step === undefined) unread.push(`relabel rule ${index + 1} (${rule.action})`);
    else steps.push(step);
  }
  steps.push((state) => {
    if (!json) state.line = fieldText(state.entry, "MESSAGE");
    // An entry without labels goes no further, and neither does one without a message, unless it is JSON.
    state.arrives = Object.keys(withoutEmpty(state.labels)).length > 0 && (json || state.line !== undefined);
    for (const [name, value] of Object.entries(state.labels)) state.values.set(name, value);
  });
  for (const [index, stage] of (scrape?.pipeline_stages ?? []).entries()) {
    const [kind = "", argument] = Object.entries(stage)[0] ?? [];
    const read = kind === "json" && !json ? undefined : readStage(kind, argument, drops.length);
    if (read === undefined) {
      unread.push(`stage ${index + 1} (${kind})`);
      continue;
    }
    steps.push(read.step);
    if (read.drop !== undefined) drops.push(read.drop);
    for (const [label, name] of Object.entries(read.labels ?? {})) labelOf.set(name, label);
    lineName = read.output ?? lineName;
  }
  return {
    drops,
    lineName,
    labelOf,
    unread,
    predict(entry) {
      const state: State = {
        entry,
        values: new Map(),
        labels: { ...scrape?.journal.labels },
        line: undefined,
        arrives: true,
        drop: undefined,
        replaced: [],
      };
      for (const step of steps) {
        step(state);
        if (!state.arrives) break;
      }
      const { labels, values: _, ...rest } = state;
      return { ...rest, labels: { ...externalLabels, ...withoutEmpty(labels) } };
    },
  };
}

/** `source_labels: [__journal_x]` with a target and nothing else copies a field into a label. */
function relabelStep(rule: Relabel): Step | undefined {
  const [source, ...more] = rule.source_labels;
  const { target_label: target } = rule;
  const plain =
    rule.action === "replace" && (rule.regex ?? "(.*)") === "(.*)" && (rule.replacement ?? "$1") === "$1";
  if (!plain || more.length > 0 || target === undefined || !source?.startsWith("__journal_"))
    return undefined;
  const field = source.slice("__journal_".length).toUpperCase();
  return ({ entry, labels }) => {
    const value = field === "PRIORITY_KEYWORD" ? priorityKeyword(entry) : fieldText(entry, field);
    labels[target] = value ?? "";
  };
}

const PRIORITIES = ["emerg", "alert", "crit", "error", "warning", "notice", "info", "debug"];

function priorityKeyword(entry: RawEntry): string | undefined {
  return PRIORITIES[Number(fieldText(entry, "PRIORITY") ?? "none")];
}

interface ReadStage {
  step: Step;
  drop?: DropRule;
  labels?: Record<string, string>;
  output?: string;
}

function readStage(kind: string, argument: unknown, drops: number): ReadStage | undefined {
  switch (kind) {
    case "json":
      return readJson(argument);
    case "template":
      return readTemplateStage(argument);
    case "regex":
      return readRegex(argument);
    case "replace":
      return readReplace(argument);
    case "labels":
      return readLabels(argument);
    case "drop":
      return readDrop(argument, drops);
    case "output":
      return readOutput(argument);
    default:
      return undefined;
  }
}

function readJson(argument: unknown): ReadStage | undefined {
  const { data } = jsonStage.safeParse(argument);
  if (data === undefined) return undefined;
  const fields = Object.entries(data.expressions).map(
    ([name, field]) => [name, field === "" ? name : field] as const,
  );
  if (!fields.every(([, field]) => /^[A-Z_][A-Z0-9_]*$/.test(field))) return undefined;
  return {
    step({ entry, values }) {
      for (const [name, field] of fields) set(values, name, fieldText(entry, field));
    },
  };
}

function readTemplateStage(argument: unknown): ReadStage | undefined {
  const { data } = templateStage.safeParse(argument);
  const template = data && readTemplate(data.template);
  if (data === undefined || template === undefined) return undefined;
  return {
    step({ values }) {
      const made = template((name) => values.get(name));
      // An empty result takes the name away.
      set(values, data.source, made === "" ? undefined : made);
    },
  };
}

function readRegex(argument: unknown): ReadStage | undefined {
  const { data } = regexStage.safeParse(argument);
  const regex = data && compile(data.expression);
  if (data === undefined || regex === undefined) return undefined;
  return {
    step({ values }) {
      const value = values.get(data.source);
      const match = value === undefined ? undefined : regex.matcher(value);
      if (match?.find() !== true) return;
      for (const name of Object.keys(regex.namedGroups())) set(values, name, match.group(name) ?? "");
    },
  };
}

/** `^(..)$` with a literal replacement: the group is the whole value, and so is what takes its place. */
function readReplace(argument: unknown): ReadStage | undefined {
  const { data } = replaceStage.safeParse(argument);
  if (data === undefined || !/^\^\([^()]*\)\$$/.test(data.expression) || data.replace.includes("{{"))
    return undefined;
  const regex = compile(data.expression);
  if (regex === undefined) return undefined;
  return {
    step({ values, replaced }) {
      const from = values.get(data.source);
      if (from === undefined || !regex.matcher(from).find()) return;
      values.set(data.source, data.replace);
      replaced.push({ name: data.source, from, to: data.replace });
    },
  };
}

function readLabels(argument: unknown): ReadStage | undefined {
  const { data } = labelsStage.safeParse(argument);
  if (data === undefined) return undefined;
  const labels = Object.fromEntries(
    Object.entries(data).map(([label, name]) => [label, name === "" ? label : name]),
  );
  return {
    labels,
    step(state) {
      for (const [label, name] of Object.entries(labels)) {
        const value = state.values.get(name);
        if (value !== undefined) state.labels[label] = value;
      }
    },
  };
}

function readDrop(argument: unknown, index: number): ReadStage | undefined {
  const { data } = dropStage.safeParse(argument);
  const regex = data && compile(data.expression);
  if (data === undefined || regex === undefined) return undefined;
  const drop = { sources: data.source, separator: data.separator, expression: data.expression };
  return {
    drop,
    step(state) {
      const values = drop.sources
        .map((name) => state.values.get(name))
        .filter((value) => value !== undefined);
      if (values.length === 0 || !regex.matcher(values.join(drop.separator)).find()) return;
      state.drop = index;
      state.arrives = false;
    },
  };
}

function readOutput(argument: unknown): ReadStage | undefined {
  const { data } = outputStage.safeParse(argument);
  if (data === undefined) return undefined;
  return {
    output: data.source,
    step(state) {
      state.line = state.values.get(data.source) ?? state.line;
    },
  };
}

function compile(expression: string): RE2JS | undefined {
  try {
    return RE2JS.compile(expression);
  } catch {
    return undefined;
  }
}

function set(values: Map<string, string>, name: string, value: string | undefined): void {
  if (value === undefined) values.delete(name);
  else values.set(name, value);
}

function withoutEmpty(labels: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(labels).filter(([, value]) => value !== ""));
}

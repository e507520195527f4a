import { fieldText, type RawEntry } from "../journal/entry.ts";
import type { JournalScrape, PromtailShape, Relabel } from "./promtail-shape.ts";
import { readStage } from "./stages.ts";
import type { DropRule, Replaced, State, Step } from "./state.ts";

/** What the promtail configuration, read by itself, says must become of one entry. */
export interface Prediction {
  entry: RawEntry;
  labels: Readonly<Record<string, string>>;
  /** Undefined when it is the whole entry as JSON, which the proof does not spell out. */
  line: string | undefined;
  arrives: boolean;
  /** The drop (an index into `drops`) that takes it away, when one does. */
  drop: number | undefined;
  replaced: readonly Replaced[];
}

/** A promtail configuration as far as the proof can read it. */
export interface Reading {
  predict(entry: RawEntry): Prediction;
  drops: readonly DropRule[];
  /** The labels that the scrape gives to every entry. */
  staticLabels: Readonly<Record<string, string>>;
  /** The name whose value becomes the line, and the label that each name becomes. */
  lineName: string | undefined;
  labelOf: ReadonlyMap<string, string>;
  /** What the proof cannot predict, in words; not empty: counts and lines are not certain. */
  unread: readonly string[];
}

/**
 * Reads the journal scrape of a promtail configuration stage by stage, without any part of the pipeline
 * engine, into a function from an entry to what must become of it. Knows the stages that journal pipelines
 * consist of; every other one is named in `unread`.
 */
export function readPromtail(shape: PromtailShape): Reading {
  const [scrape, ...otherScrapes] = shape.scrapes;
  const [externalLabels = {}, ...otherClients] = shape.externalLabels;
  const unread: string[] = [];
  if (otherScrapes.length > 0) unread.push("a second journal scrape");
  if (otherClients.length > 0) unread.push("a second client");
  if (scrape?.journal.matches) unread.push("journal.matches");
  const relabelling = readRelabelling(scrape, unread);
  const { steps, ...stages } = readStages(scrape, unread);
  const json = scrape?.journal.json === true;
  return {
    ...stages,
    staticLabels: scrape?.journal.labels ?? {},
    unread,
    predict(entry) {
      const state: State = {
        entry,
        values: new Map(),
        labels: new Map(Object.entries(scrape?.journal.labels ?? {})),
        line: json ? undefined : fieldText(entry, "MESSAGE"),
        arrives: true,
        drop: undefined,
        replaced: [],
      };
      for (const step of [...relabelling, enterPipeline(json), ...steps]) {
        step(state);
        if (!state.arrives) break;
      }
      const { labels, values: _, ...rest } = state;
      const own = [...labels].filter(([, value]) => value !== "");
      return { ...rest, labels: { ...externalLabels, ...Object.fromEntries(own) } };
    },
  };
}

function readRelabelling(scrape: JournalScrape | undefined, unread: string[]): Step[] {
  return (scrape?.relabel_configs ?? []).flatMap((rule, index) => {
    const step = relabelStep(rule);
    if (step === undefined) unread.push(`relabel rule ${index + 1} (${rule.action})`);
    return step ?? [];
  });
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
    labels.set(target, value ?? "");
  };
}

const PRIORITIES = ["emerg", "alert", "crit", "error", "warning", "notice", "info", "debug"];

function priorityKeyword(entry: RawEntry): string | undefined {
  return PRIORITIES[Number(fieldText(entry, "PRIORITY") ?? "none")];
}

/** An entry without labels goes no further, nor does one without a message, unless it is JSON. */
function enterPipeline(json: boolean): Step {
  return (state) => {
    const labelled = [...state.labels.values()].some((value) => value !== "");
    state.arrives = labelled && (json || state.line !== undefined);
    for (const [name, value] of state.labels) state.values.set(name, value);
  };
}

function readStages(
  scrape: JournalScrape | undefined,
  unread: string[],
): Pick<Reading, "drops" | "lineName" | "labelOf"> & { steps: Step[] } {
  const steps: Step[] = [];
  const drops: DropRule[] = [];
  const labelOf = new Map<string, string>();
  let lineName: string | undefined;
  for (const [index, stage] of (scrape?.pipeline_stages ?? []).entries()) {
    const [kind = "", argument] = Object.entries(stage)[0] ?? [];
    const read = readStage(kind, argument, { json: scrape?.journal.json === true, drops: drops.length });
    if (read === undefined) {
      unread.push(`stage ${index + 1} (${kind})`);
      continue;
    }
    steps.push(read.step);
    if (read.drop !== undefined) drops.push(read.drop);
    for (const [label, name] of Object.entries(read.labels ?? {})) labelOf.set(name, label);
    lineName = read.output ?? lineName;
  }
  return { steps, drops, lineName, labelOf };
}

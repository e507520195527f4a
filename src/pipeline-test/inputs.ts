import type { Diagnostic, Span } from "../diagnostics/index.ts";
import {
  isMalformed,
  parseInstant,
  parseJournalJson,
  splitJournalJson,
  type JournalEntry,
  type Outcome,
  type Pipeline,
  type PlainEntry,
} from "../pipeline/index.ts";
import type { TestFile } from "./test-file.ts";

/** What a test puts into a pipeline. Outcomes have its entries by index: journal, files, plain, one after the other. */
export interface Inputs {
  journal: readonly JournalEntry[];
  files: readonly { path: string; line: string }[];
  plain: readonly { components: readonly string[]; entry: PlainEntry }[];
  /** The line of each entry as it came in. */
  lines: readonly string[];
  diagnostics: readonly Diagnostic[];
}

/**
 * Reads the inputs of a test.
 *
 * @param file the text of inputs.journal_file
 */
export function readInputs({ data, yaml }: TestFile, file: string | undefined): Inputs {
  const now = (data.now === undefined ? undefined : parseInstant(data.now)) ?? DEFAULT_TIME;
  const time = { __REALTIME_TIMESTAMP: String(now / 1000n) };
  const written = data.inputs.journal.map((fields, at) => parseJournalJson({ ...time, ...fields }, at));
  const ofFile = (file === undefined ? [] : splitJournalJson(file)).map(parseJournalJson);
  const journal = [...written, ...ofFile].filter((entry): entry is JournalEntry => !isMalformed(entry));
  const diagnostics = [
    ...malformed(written, yaml.keySpan(["inputs", "journal"])),
    ...malformed(ofFile, yaml.keySpan(["inputs", "journal_file"])),
  ];
  const plain = data.inputs.loki.flatMap(({ components, entries }) =>
    entries.map((one) => ({
      components: components.map((component) => component.replace(/\.receiver$/, "")),
      entry: {
        line: one.line,
        timestamp: one.timestamp === undefined ? null : (parseInstant(one.timestamp) ?? null),
        labels: new Map(Object.entries(one.labels)),
        structuredMetadata: new Map(Object.entries(one.structured_metadata)),
      },
    })),
  );
  const files = data.inputs.files.flatMap(({ path, lines }) => lines.map((line) => ({ path, line })));
  return {
    journal,
    files,
    plain,
    lines: [
      ...journal.map(({ fields }) => (fields.get("MESSAGE") ?? "").toWellFormed()),
      ...files.map(({ line }) => line),
      ...plain.map(({ entry }) => entry.line),
    ],
    diagnostics,
  };
}

/** The time of journal entries that have none: that of `now`, or this one, 2026-01-01T00:00:00Z. */
const DEFAULT_TIME = 1_767_225_600_000_000_000n;

/** The first entry that cannot be read, and how many more there are. */
function malformed(read: readonly (JournalEntry | Diagnostic)[], span: Span): Diagnostic[] {
  const [first, ...others] = read.filter(isMalformed);
  if (first === undefined) return [];
  const more = others.length === 0 ? "" : `, and ${others.length} more are malformed`;
  return [{ ...first, message: first.message + more, span }];
}

/** Gives all inputs to the pipeline, and lets go of what it holds back then. */
export function feed(pipeline: Pipeline, { journal, files, plain }: Inputs): Outcome[] {
  const outcomes = journal.flatMap((entry, index) => pipeline.pushJournal(entry, index));
  for (const [at, { path, line }] of files.entries()) {
    outcomes.push(...pipeline.pushFileLine(path, line, journal.length + at));
  }
  for (const [at, { components, entry }] of plain.entries()) {
    for (const component of components) {
      outcomes.push(...pipeline.pushEntry(component, entry, journal.length + files.length + at));
    }
  }
  outcomes.push(...pipeline.flush());
  return outcomes;
}

import { check, parse } from "../alloy/index.ts";
import { closest, error, hasErrors, type Diagnostic, type Span } from "../diagnostics/index.ts";
import {
  compile,
  isMalformed,
  parseInstant,
  parseJournalJson,
  splitJournalJson,
  templateError,
  type JournalEntry,
  type Outcome,
  type Pipeline,
  type PlainEntry,
} from "../pipeline/index.ts";
import { judgeDropped } from "./dropped.ts";
import type { Failure } from "./failure.ts";
import { judgeSent } from "./sent.ts";
import type { TestFile } from "./test-file.ts";

/** The texts that a test names. */
export interface TestSources {
  configuration: readonly { name: string; text: string }[];
  /** The text of inputs.journal_file. */
  journal?: string;
}

export interface TestResult {
  ok: boolean;
  failures: readonly Failure[];
  /** Errors when the configuration or an input is faulty, and warnings about what was not evaluated. */
  diagnostics: readonly Diagnostic[];
}

/** Feeds a test's inputs to the pipelines of its configuration and judges what comes of it. */
export function runTest(test: TestFile, sources: TestSources): TestResult {
  const inputs = readInputs(test, sources.journal);
  const { pipeline, diagnostics } = build(test, sources, inputs);
  const problems = [...inputs.diagnostics, ...diagnostics];
  if (pipeline === undefined) return { ok: false, failures: [], diagnostics: problems };
  problems.push(...unknownComponents(test, pipeline));
  if (hasErrors(problems)) return { ok: false, failures: [], diagnostics: problems };
  const outcomes = feed(pipeline, inputs);
  const { assert } = test.data;
  const sent = outcomes.filter((outcome) => outcome.outcome === "sent");
  const failures = [
    ...judgeSent(assert.loki, sent, test.yaml),
    ...judgeDropped(assert.dropped, outcomes, inputs.lines, test.yaml),
  ];
  return { ok: failures.length === 0, failures, diagnostics: problems };
}

interface Inputs {
  // In the order of the indices that outcomes have.
  journal: readonly JournalEntry[];
  files: readonly { path: string; line: string }[];
  plain: readonly { components: readonly string[]; entry: PlainEntry }[];
  /** The line of each entry as it came in. */
  lines: readonly string[];
  diagnostics: readonly Diagnostic[];
}

function readInputs({ data, yaml }: TestFile, file: string | undefined): Inputs {
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

/** The first entry that cannot be read, and how many more there are. */
function malformed(read: readonly (JournalEntry | Diagnostic)[], span: Span): Diagnostic[] {
  const [first, ...others] = read.filter(isMalformed);
  if (first === undefined) return [];
  const more = others.length === 0 ? "" : `, and ${others.length} more are malformed`;
  return [{ ...first, message: first.message + more, span }];
}

/** The time of journal entries that have none: that of `now`, or this one, 2026-01-01T00:00:00Z. */
const DEFAULT_TIME = 1_767_225_600_000_000_000n;

/** What the configurations of Alloy's own tests write to, by a name that no other configuration can have. */
const SINK = parse("pipelinetest", "pipelinetest.loki { }").file;

function build(
  { data }: TestFile,
  { configuration }: TestSources,
  { journal, plain }: Inputs,
): ReturnType<typeof compile> {
  const parsed = configuration.map(({ name, text }) => parse(name, text));
  const syntax = parsed.flatMap((one) => one.diagnostics);
  if (hasErrors(syntax)) return { pipeline: undefined, diagnostics: syntax };
  const files = [...parsed.map((one) => one.file), SINK];
  const { alloy_version: alloyVersion, env, now } = data;
  const refused = check(files, { alloyVersion, templateError }).filter(
    ({ severity, span }) => severity === "error" && span?.file !== SINK.name,
  );
  if (refused.length > 0) return { pipeline: undefined, diagnostics: refused };
  const times = [...journal, ...plain.map(({ entry }) => entry)].flatMap(({ timestamp }) => timestamp ?? []);
  const newest = times.reduce<bigint>((latest, time) => (time > latest ? time : latest), 0n);
  const present = now === undefined ? undefined : parseInstant(now);
  const compiled = compile(files, {
    alloyVersion,
    env,
    newest,
    files: data.inputs.files.map(({ path }) => path),
    ...(present !== undefined && { now: present }),
  });
  // Entries may be given to components directly.
  const diagnostics = compiled.diagnostics.filter(
    ({ code }) => code !== "pipeline/no-source" || data.inputs.loki.length === 0,
  );
  return { pipeline: compiled.pipeline, diagnostics };
}

function unknownComponents({ data, yaml }: TestFile, { components }: Pipeline): Diagnostic[] {
  return data.inputs.loki.flatMap((input, at) =>
    input.components.flatMap((receiver, index) => {
      const component = receiver.replace(/\.receiver$/, "");
      if (components.includes(component)) return [];
      const known = components.filter((one) => one !== "pipelinetest.loki");
      const meant = closest(component, known);
      const hint = meant === undefined ? `there are ${known.join(", ")}` : `did you mean ${meant}.receiver?`;
      const span = yaml.valueSpan(["inputs", "loki", at, "components", index]);
      return [
        error("test/unknown-component", `the configuration has no ${receiver} to feed`, { span, hint }),
      ];
    }),
  );
}

function feed(pipeline: Pipeline, { journal, files, plain }: Inputs): Outcome[] {
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

import { parse } from "../../alloy/index.ts";
import { FleetError } from "../../diagnostics/index.ts";
import { countEntries, graphOf, renderSvg } from "../../graph/index.ts";
import {
  compile,
  isMalformed,
  parseJournalJson,
  type Outcome,
  type TraceStep,
} from "../../pipeline/index.ts";
import type { ReportStep, ReportTrace } from "../../report/index.ts";
import type { RawEntry } from "../../ship/index.ts";
import { differences } from "../explain/view.ts";

/** A pipeline with what it does to entries: as a picture, and entry by entry. */
export interface PipelineView {
  svg: string;
  traces: ReportTrace[];
}

/**
 * Sends entries through a configuration.
 *
 * @throws FleetError when it cannot be run offline
 */
export function viewPipeline(
  configuration: { file: string; text: string; alloyVersion: string },
  entries: readonly RawEntry[],
): PipelineView {
  const { file } = parse(configuration.file, configuration.text);
  const { alloyVersion } = configuration;
  const { pipeline, diagnostics } = compile(file, { alloyVersion, env: {}, trace: true });
  if (pipeline === undefined) throw new FleetError(diagnostics, 1);
  const messages: string[] = [];
  const outcomes = entries.flatMap((raw, index) => {
    const entry = parseJournalJson(raw, index);
    if (isMalformed(entry)) return [];
    messages[index] = entry.fields.get("MESSAGE") ?? "";
    return pipeline.pushJournal(entry, index);
  });
  outcomes.push(...pipeline.flush());
  const graph = graphOf([file]);
  const counts = countEntries(graph, outcomes);
  return {
    svg: renderSvg(graph, { title: configuration.file, counts }),
    traces: outcomes.map((outcome) => traceOf(outcome, messages)),
  };
}

/** Characters of an entry that stand above its trace. */
const SHOWN = 120;

function traceOf(outcome: Outcome, messages: readonly string[]): ReportTrace {
  const text = outcome.from
    .map((index) => messages[index] ?? "")
    .join(" ⏎ ")
    .replace(/\s+/g, " ");
  return {
    title: text.length > SHOWN ? `${text.slice(0, SHOWN - 1)}…` : text,
    outcome: outcome.outcome,
    end:
      outcome.outcome === "sent"
        ? `Sent to ${outcome.to} with ${labelText(outcome.labels)}`
        : `Dropped by ${outcome.in} ${outcome.stage}: ${outcome.detail}`,
    steps: (outcome.trace ?? []).map(stepOf),
  };
}

function labelText(labels: Readonly<Record<string, string>>): string {
  return `{${Object.entries(labels)
    .map(([name, value]) => `${name}=${JSON.stringify(value)}`)
    .join(", ")}}`;
}

function stepOf(step: TraceStep): ReportStep {
  const place = step.in === step.stage ? step.in : `${step.in} ${step.stage}`;
  if (step.after === undefined) return { place, changes: [], drops: true };
  return { place, changes: differences(step.before, step.after), drops: false };
}

import {
  isMalformed,
  parseJournalJson,
  type Outcome,
  type Pipeline,
  type Tail,
} from "../../pipeline/index.ts";
import type { RawEntry } from "../journal/entry.ts";
import { componentLabels, type Metrics } from "./metrics.ts";
import type { Outlets } from "./outlets.ts";

/** What became of a journal entry: Alloy records positions only of those that its source handed on. */
export type Taken = "handed on" | "passed over" | "refused";

/** What Alloy's metric calls the reasons for which a journal source does not hand an entry on. */
const SOURCE_ERRORS: Readonly<Record<string, string>> = {
  no_message: "no_message",
  relabel_rules: "empty_labels",
  no_labels: "empty_labels",
};

/** The way of entries from whoever read them through the pipeline of the moment into the queues. */
export class Flow {
  readonly #outlets: Outlets;
  readonly #metrics: Metrics;
  /** Entries on their way that no reader waits for. */
  readonly #loose = new Set<Promise<unknown>>();
  #pipeline: Pipeline | undefined;

  constructor({ outlets, metrics }: { outlets: Outlets; metrics: Metrics }) {
    this.#outlets = outlets;
    this.#metrics = metrics;
  }

  get pipeline(): Pipeline | undefined {
    return this.#pipeline;
  }

  /** From now on entries go through this pipeline; what the one before held back is let go. */
  replace(pipeline: Pipeline, signal: AbortSignal): void {
    const held = this.#pipeline?.flush() ?? [];
    this.#pipeline = pipeline;
    this.#loosely(held, signal);
  }

  /** Takes an entry that a loki.source.journal read; it is refused when the signal came before it had room. */
  async takeEntry(component: string, raw: RawEntry, signal: AbortSignal): Promise<Taken> {
    const labels = componentLabels(component);
    const errors = this.#metrics.get("loki_source_journal_target_parsing_errors_total");
    const entry = parseJournalJson(raw, 0);
    if (isMalformed(entry)) {
      errors.add({ ...labels, error: "malformed" });
      return "passed over";
    }
    const outcomes = this.#pipeline?.pushJournal(entry, 0, component) ?? [];
    const dropped = outcomes.find((one) => one.outcome === "dropped" && one.in === component);
    if (dropped?.outcome === "dropped") {
      const cause = SOURCE_ERRORS[dropped.reason];
      if (cause !== undefined) errors.add({ ...labels, error: cause });
      return "passed over";
    }
    this.#metrics.get("loki_source_journal_target_lines_total").add(labels);
    return (await this.#deliver(outcomes, signal)) ? "handed on" : "refused";
  }

  /** Takes a line that a loki.source.file read; false when the signal came before it had room. */
  async takeLine({ component, path }: Tail, line: Uint8Array, signal: AbortSignal): Promise<boolean> {
    this.#metrics.get("loki_source_file_read_lines_total").add({ ...componentLabels(component), path });
    return this.#deliver(this.#pipeline?.pushFileLine(path, line, 0, component) ?? [], signal);
  }

  /** Lets go of what stages have held back for long enough. */
  tick(signal: AbortSignal): void {
    this.#loosely(this.#pipeline?.tick() ?? [], signal);
  }

  /** Lets go of all that is held back, and waits until everything is on its way. */
  async flush(signal: AbortSignal): Promise<void> {
    this.#loosely(this.#pipeline?.flush() ?? [], signal);
    await Promise.all(this.#loose);
  }

  /** Hands outcomes on without anybody waiting for it. */
  #loosely(outcomes: readonly Outcome[], signal: AbortSignal): void {
    if (outcomes.length === 0) return;
    const delivery = this.#deliver(outcomes, signal).finally(() => this.#loose.delete(delivery));
    this.#loose.add(delivery);
  }

  /** Puts what was sent into the queues and counts what was dropped; false when the signal came first. */
  async #deliver(outcomes: readonly Outcome[], signal: AbortSignal): Promise<boolean> {
    let whole = true;
    for (const outcome of outcomes) {
      if (outcome.outcome === "dropped") {
        const labels = { ...componentLabels(outcome.in), reason: outcome.reason };
        this.#metrics.get("loki_process_dropped_lines_total").add(labels);
        continue;
      }
      const { labels, line, structured_metadata, tenant } = outcome;
      const timestamp = outcome.timestamp ?? String(BigInt(Date.now()) * 1_000_000n);
      const entry = { labels, line, structured_metadata, tenant, timestamp };
      whole = (await this.#outlets.put(outcome.to, entry, signal)) && whole;
    }
    return whole;
  }
}

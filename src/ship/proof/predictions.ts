import type { RawEntry } from "../journal/entry.ts";
import { corpus } from "./corpus.ts";
import { readPromtail, type Prediction, type Reading } from "./prediction.ts";
import { promtailShape } from "./promtail-shape.ts";

/** What a Promtail configuration makes of the built-in entries. */
export interface CorpusPredictions {
  entries: readonly Prediction[];
  /** How many drop stages the configuration has; `drop` of an entry is an index among them. */
  drops: number;
}

/** Of no use to a reader, and of none to a pipeline. */
const ADDRESSES = new Set(["__MONOTONIC_TIMESTAMP", "_BOOT_ID", "_MACHINE_ID"]);

/** Longer entries, in characters of JSON, are for machines. */
const READABLE = 1000;

/**
 * Predicts from a Promtail configuration alone, without the pipeline engine, what must become of those built-in
 * entries that a person can read. Undefined where one of its journal stages cannot be predicted, or when it reads
 * no journal.
 *
 * @param now the present that the entries are a little older than, in microseconds since 1970
 */
export function predictCorpus(
  promtailConfig: unknown,
  host: string,
  now: bigint,
): CorpusPredictions | undefined {
  const reading = predictable(promtailConfig);
  if (reading === undefined) return undefined;
  const entries = corpus(host, now)
    .filter((entry) => JSON.stringify(entry).length <= READABLE)
    .map((entry): RawEntry =>
      Object.fromEntries(Object.entries(entry).filter(([field]) => !ADDRESSES.has(field))),
    );
  return { entries: entries.map((entry) => reading.predict(entry)), drops: reading.drops.length };
}

/**
 * What must become of any journal entry, by a Promtail configuration alone. Undefined where one of its journal stages
 * cannot be predicted, or when it reads no journal.
 */
export function promtailPredictor(
  promtailConfig: unknown,
): ((entry: RawEntry) => Pick<Prediction, "arrives" | "labels" | "line">) | undefined {
  const reading = predictable(promtailConfig);
  return reading && ((entry) => reading.predict(entry));
}

function predictable(promtailConfig: unknown): Reading | undefined {
  const shape = promtailShape(promtailConfig);
  const reading = readPromtail(shape);
  return shape.scrapes.length === 0 || reading.unread.length > 0 ? undefined : reading;
}

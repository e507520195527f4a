import type { Arguments } from "../config/arguments.ts";
import { textOf, type Entry } from "../entry.ts";
import type { Dialect } from "../dialect.ts";
import type { Ledger, Place, Receiver, Step } from "../receiver.ts";
import type { Functions } from "../template/index.ts";

/** What stages need of the pipeline they are built for. */
export interface StageContext {
  ledger: Ledger;
  /** The functions that templates may call. */
  functions: Functions;
  alloyVersion: string;
  dialect: Dialect;
  /** The present, in nanoseconds since 1970: what ages are measured against. */
  clock: () => bigint;
  /** Has `work` done again and again while the pipeline runs on, for stages that wait for time to pass. */
  onTick: (work: () => void) => void;
  /** Told of each field of a journal entry that is looked at: these are read, others only when asked for. */
  onField: (name: string) => void;
  /** Says something about the configuration that does not stop it. */
  warn: (message: string, args: Arguments) => void;
}

/** Builds a stage that looks at one entry at a time. Throws ArgumentError. */
export type StepBuilder = (args: Arguments, context: StageContext) => Step;

/** Builds a stage that may hold entries back, make one of several, or send them through stages of its own. */
export type StageBuilder = (args: Arguments, context: StageContext, place: Place, next: Receiver) => Receiver;

/**
 * `source` of the stages that read the line when it is not given: an empty one is refused, as Alloy does.
 * The result reads an entry: undefined when the key is missing or has no text.
 */
export function inputOf(args: Arguments): (entry: Entry) => string | undefined {
  if (!args.has("source")) return (entry) => entry.line;
  const source = args.string("source");
  if (source === "") args.fail("source must not be empty; leave it out to read the line", "source");
  return (entry) => textOf(entry.extracted.get(source));
}

/** A `values` map with each empty source replaced by its name. */
export function namedSources(values: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  return new Map([...values].map(([name, source]) => [name, source === "" ? name : source]));
}

import { ALLOY_VERSION, parse } from "../alloy/index.ts";
import { FleetError, hasErrors } from "../diagnostics/index.ts";
import {
  compile,
  type Dropped,
  type JournalEntry,
  type Outcome,
  type Sent,
  type Snapshot,
} from "../pipeline/index.ts";

export type Fields = Readonly<Record<string, string>>;
export type Labels = Readonly<Record<string, string>>;

/** A host's Alloy configuration. `file` is its name in diagnostics. */
export interface Configuration {
  file: string;
  text: string;
  /** The Alloy whose behaviour is expected: "1.18.1" when left out. */
  alloyVersion?: string;
}

/** What a configuration does to journal entries. Nothing of it is kept from one entry to the next. */
export class Model {
  readonly #configuration: Configuration;

  /** @throws FleetError exit code 1, for a configuration that is faulty */
  constructor(configuration: Configuration) {
    this.#configuration = configuration;
    this.#pipeline(false);
  }

  get configuration(): Configuration {
    return this.#configuration;
  }

  /** What becomes of entries of their own fields and times, in their order; several for one that is sent several ways. */
  run(entries: readonly JournalEntry[]): Outcome[] {
    const pipeline = this.#pipeline(false);
    return [...entries.flatMap((entry, index) => pipeline.pushJournal(entry, index)), ...pipeline.flush()];
  }

  /** What becomes of one entry, at any time. */
  outcome(fields: Fields): Outcome | undefined {
    return this.run([entryOf(fields)])[0];
  }

  /** The same for one that must not be dropped. */
  sent(fields: Fields): Sent | undefined {
    const outcome = this.outcome(fields);
    return outcome?.outcome === "sent" ? outcome : undefined;
  }

  /** The stage that drops an entry; undefined for one that is sent. */
  dropped(fields: Fields): Dropped | undefined {
    const outcome = this.outcome(fields);
    return outcome?.outcome === "dropped" ? outcome : undefined;
  }

  /** What can be seen of an entry before a stage; undefined when it does not come so far. */
  before(fields: Fields, component: string, stage: string): Snapshot | undefined {
    const [outcome] = this.#pipeline(true).pushJournal(entryOf(fields), 0);
    return outcome?.trace?.find((step) => step.in === component && step.stage === stage)?.before;
  }

  #pipeline(trace: boolean): NonNullable<ReturnType<typeof compile>["pipeline"]> {
    const { file, text, alloyVersion = ALLOY_VERSION } = this.#configuration;
    const { file: parsed, diagnostics: syntax } = parse(file, text);
    // A credential that is not there keeps no entry from being sent.
    const { pipeline, diagnostics } = compile(parsed, { alloyVersion, env: {}, trace });
    if (pipeline === undefined || hasErrors(syntax)) throw new FleetError([...syntax, ...diagnostics], 1);
    return pipeline;
  }
}

/** A time that says nothing, for questions about single entries. */
const ANY_TIME = 1_700_000_000_000_000_000n;

function entryOf(fields: Fields): JournalEntry {
  return { fields: new Map(Object.entries(fields)), timestamp: ANY_TIME };
}

/** What became of input entries: sent to a loki.write (or loki.echo), or dropped on the way. */
export type Outcome = Sent | Dropped;

export interface Sent {
  outcome: "sent";
  /** Indices of the input entries that it was made of; several after multiline or cri joined lines. */
  from: readonly number[];
  /** Sorted by name; labels with an empty value are left out, as Loki does. */
  labels: Readonly<Record<string, string>>;
  /** Nanoseconds since 1970 in decimal; null for the time of reading. */
  timestamp: string | null;
  line: string;
  structured_metadata: Readonly<Record<string, string>>;
  /** What stage.tenant set, else null. */
  tenant: string | null;
  /** The component that sends it, `loki.write.out`. */
  to: string;
  trace?: readonly TraceStep[];
}

export interface Dropped {
  outcome: "dropped";
  from: readonly number[];
  /** Where: `stage.drop[1]` (the second stage.drop of its block), `stage.match[0].stage.drop[0]`, `rule[2]`. */
  stage: string;
  /** The value of Alloy's `reason` label on its drop counter where it counts one, else a short name. */
  reason: string;
  /** The same in a sentence for a person. */
  detail: string;
  /** The component it happened in, `loki.process.main`. */
  in: string;
  trace?: readonly TraceStep[];
}

/** What can be seen of an entry between two stages. */
export interface Snapshot {
  line: string;
  timestamp: string | null;
  labels: Readonly<Record<string, string>>;
  extracted: Readonly<Record<string, string | number | boolean | null>>;
  structured_metadata: Readonly<Record<string, string>>;
}

/** One stage's work on an entry. */
export interface TraceStep {
  in: string;
  stage: string;
  before: Snapshot;
  /** Undefined when the entry went no further from here. */
  after?: Snapshot;
  /** Anything that the difference of before and after does not say. */
  note?: string;
}

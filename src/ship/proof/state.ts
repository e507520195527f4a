import type { RawEntry } from "../journal/entry.ts";

/** A drop stage with an expression. */
export interface DropRule {
  /** The names whose values are tested together; undefined: the line. */
  sources: readonly string[] | undefined;
  separator: string;
  expression: string;
}

/** A value that a replace stage changed: `session-12.scope` to `session.scope`. */
export interface Replaced {
  name: string;
  from: string;
  to: string;
}

/** One entry on its way through what the promtail configuration says. */
export interface State {
  entry: RawEntry;
  values: Map<string, string>;
  labels: Map<string, string>;
  /** Undefined when it is the whole entry as JSON. */
  line: string | undefined;
  arrives: boolean;
  /** The drop that took it away, an index into the drops of the configuration. */
  drop: number | undefined;
  replaced: Replaced[];
}

export type Step = (state: State) => void;

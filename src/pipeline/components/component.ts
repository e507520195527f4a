import type { Receiver } from "../receiver.ts";
import type { Rule } from "../relabel.ts";
import type { StageContext } from "../stages/stage.ts";

/** What components are built with. */
export interface ComponentContext extends StageContext {
  /** `loki.process.main`. */
  id: string;
  /** True when entries are to carry a trace. */
  trace: boolean;
  /** True when max_age counts, measured against the clock. */
  applyMaxAge: boolean;
  /** True when the pipeline runs on, fed by readers that see to where they begin. */
  live: boolean;
  /** All files there are, as the machine names them. */
  files: () => readonly string[];
  /** Told of each pattern that files are looked for with. */
  onPattern: (pattern: string) => void;
  /** The receiver that stands for several components: each gets a copy of every entry. */
  fanOut: (components: readonly string[]) => Receiver;
  /** The rules that another component exports. */
  rulesOf: (component: string) => readonly Rule[];
}

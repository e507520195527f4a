import type { Diagnostic, Span } from "../diagnostics/index.ts";
import type { Allowed } from "./allowed.ts";

/** One difference. `expected` is what promtail's conversion has, `got` the Alloy file; undefined: not there. */
export interface Difference {
  /** Where in the component: `stage.drop[1].expression`. Indices count blocks of one name from 0. */
  path: string;
  expected: string | undefined;
  got: string | undefined;
  allowed?: Allowed;
  /** In the Alloy file. */
  span: Span;
}

export interface ComponentParity {
  /** What the component is for: `source.journal`, `relabel`, `process`, `write`. */
  role: string;
  /** Its name on either side, undefined where there is none. */
  name: { promtail: string | undefined; alloy: string | undefined };
  result: "equal" | "allowed" | "different";
  differences: readonly Difference[];
}

export interface ParityReport {
  /** True when every component is equal or differs only as it may. */
  ok: boolean;
  components: readonly ComponentParity[];
  diagnostics: readonly Diagnostic[];
}

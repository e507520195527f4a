import type { Span } from "../diagnostics/index.ts";
import type { Path } from "../yaml/index.ts";

/** An assertion that does not hold. */
export interface Failure {
  /** `assert.loki[1]` */
  assertion: string;
  /** Where it stands in the test file. */
  span: Span;
  message: string;
  /** What was expected and what came, one thing each. */
  details: readonly Detail[];
  /** The values that would make it hold; empty where that is not for a program to decide. */
  corrections: readonly Correction[];
}

export interface Detail {
  /** `labels.job`, `count`; "" for the assertion as a whole. */
  what: string;
  /** Undefined for nothing. */
  expected: string | undefined;
  got: string | undefined;
}

/** A value of the test file that should be another. */
export interface Correction {
  path: Path;
  /** Undefined for a key that should not be there. */
  value: string | number | undefined;
}

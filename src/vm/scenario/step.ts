import type { LokiExpectation } from "./expectation.ts";

/**
 * One step of a scenario, as data: the interpreter runs it over a Machine, the compiler writes it down as a line of
 * a NixOS test script. `{{name}}` in a text is replaced by what a step before captured under that name, and
 * `{{nonce}}` by a word of this run's own. Times are seconds.
 */
export type Step =
  | { kind: "subtest"; name: string; steps: readonly Step[] }
  /** A bash script, run as root. */
  | { kind: "run"; command: string; outcome: "success" | "failure" }
  /** A bash script that is run again and again until it ends with 0. */
  | { kind: "retry"; command: string; within: number }
  /** Keeps what a script prints, without its last line break, as one line of plain characters. */
  | { kind: "capture"; name: string; command: string }
  | { kind: "write"; path: string; text: string; mode: string }
  | { kind: "wait-for-unit"; unit: string; within: number }
  | { kind: "reboot" }
  | { kind: "pause"; seconds: number }
  | { kind: "expect-loki"; expectation: LokiExpectation }
  /** Queries that must find equally many entries, and at least one each. */
  | { kind: "expect-equal"; name: string; queries: Readonly<Record<string, string>>; within: number };

/** Steps as they are written down: lists may stand in lists. */
export type Steps = Step | readonly Steps[];

/** The steps of a nested list, in order. */
export function flatten(steps: Steps): Step[] {
  return isStep(steps) ? [steps] : steps.flatMap(flatten);
}

function isStep(steps: Steps): steps is Step {
  return "kind" in steps;
}

export { describe, judge, type LokiEntry } from "./expectation.ts";
export { runSteps, type RunOptions } from "./interpreter.ts";
export { loadScenario } from "./load.ts";
export { readSubject, type ReadSubject, type SubjectInputs } from "./subject.ts";
export * from "./toolkit.ts";

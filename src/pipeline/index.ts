export { ArgumentError, Arguments } from "./config/arguments.ts";
export type { Scope } from "./config/evaluate.ts";
export { standardLibrary } from "./config/stdlib.ts";
export { compile, type Compiled, type CompileOptions } from "./compile.ts";
export { isMalformed, parseJournalJson, splitJournalJson, type JournalEntry } from "./journal.ts";
export type { Dropped, Outcome, Sent, Snapshot, TraceStep } from "./outcome.ts";
export { Pipeline } from "./pipeline.ts";
export { parseInstant } from "./time/instant.ts";
export { templateError } from "./template/syntax-error.ts";

export { ArgumentError, Arguments } from "./config/arguments.ts";
export type { Scope } from "./config/evaluate.ts";
export { standardLibrary } from "./config/stdlib.ts";
export type { FileFormat } from "./components/file.ts";
export { compile, type Compiled, type CompileOptions } from "./compile.ts";
export {
  isMalformed,
  parseJournalJson,
  splitJournalJson,
  type JournalEntry,
  type JournalFields,
} from "./journal/entry.ts";
export type { JournalReader } from "./journal/reader.ts";
export type { Dropped, Outcome, Sent, Snapshot, TraceStep } from "./outcome.ts";
export { Pipeline, type PlainEntry, type Tail } from "./pipeline.ts";
export { formatInstant, parseInstant } from "./time/instant.ts";
export { templateError } from "./template/syntax-error.ts";

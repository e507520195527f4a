export { cacheDirectory } from "./cache.ts";
export { PROGRAMS, type ProgramName, type ProgramSpec } from "./catalogue.ts";
export { ensureProgram, findProgram, locateProgram } from "./ensure.ts";
export { withLock } from "./lock.ts";
export type { Origin, Program, ProgramOptions } from "./program.ts";

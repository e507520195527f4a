export { cacheDirectory } from "./cache.ts";
export { PROGRAMS, type ProgramName, type ProgramSpec } from "./catalogue.ts";
export { ensureProgram, findProgram } from "./ensure.ts";
export type { Origin, Program, ProgramOptions } from "./program.ts";

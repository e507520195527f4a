export { start, waitUntilReady, type Child, type Readiness, type StartOptions } from "./child.ts";
export { lines } from "./lines.ts";
export { freePorts } from "./ports.ts";
export { run, type RunOptions, type RunResult } from "./run.ts";

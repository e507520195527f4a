export { runningProcess, startBackground, stopBackground } from "./background.ts";
export { start, waitUntilReady, type Child, type Readiness, type StartOptions } from "./child.ts";
export { linePages, lines } from "./lines.ts";
export { freePorts } from "./ports.ts";
export { run, type RunOptions, type RunResult } from "./run.ts";
export { isRunning } from "./running.ts";
export { wholeLines } from "./whole-lines.ts";

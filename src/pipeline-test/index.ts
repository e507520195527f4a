export type { Correction, Detail, Failure } from "./failure.ts";
export { runTest, type TestResult, type TestSources } from "./run.ts";
export { readTest, type ReadTest, type TestFile } from "./test-file.ts";
export { applyCorrections } from "./update.ts";

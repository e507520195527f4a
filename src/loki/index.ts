export {
  checkAssertions,
  type Assertion,
  type AssertionResult,
  type Evidence,
  type Expectation,
} from "./assertions.ts";
export { lokiConfiguration } from "./configuration.ts";
export { baseUrl, call, pushUrl, type Answer, type LokiConnection } from "./connection.ts";
export { quote, selector } from "./logql.ts";
export { Batch, entrySize, Pusher, type LokiEntry, type PushPolicy } from "./push.ts";
export {
  findSeries,
  labelNames,
  newestEntry,
  queryEntries,
  queryMatrix,
  queryVector,
  type FoundEntry,
  type Range,
  type Sample,
  type Series,
} from "./query.ts";
export { startLoki, type Loki, type StartLokiOptions } from "./server.ts";

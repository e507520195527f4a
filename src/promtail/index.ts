export { convert, type Converted } from "./convert.ts";
export type { ConvertOptions } from "./convert/conversion.ts";
export type { PromtailConfig } from "./config.ts";
export { parsePromtail, type Job, type Promtail, type PromtailResult } from "./parse.ts";
export type { Stage, StageName } from "./stages.ts";
export { formatDuration, formatSize, parseByteSize, parseDuration } from "./units.ts";

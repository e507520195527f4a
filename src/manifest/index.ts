export { parseDuration } from "./duration.ts";
export type * from "./model.ts";
export { parseManifest, type ParsedManifest } from "./parse.ts";
export { parseRemotes } from "./remote-flag.ts";
export { defaultCluster } from "./resolve-cluster.ts";
export { RULE_NAMES, type RuleLevel, type RuleName } from "./rules.ts";
export { manifestJsonSchema } from "./schema.ts";

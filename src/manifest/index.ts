export type * from "./model.ts";
export { parseManifest, type ParsedManifest } from "./parse.ts";
export { manifestJsonSchema } from "./schema.ts";

export { compareObjects, type ObjectChange } from "./changes.ts";
export { filesSource } from "./files.ts";
export type { ObjectSource } from "./source.ts";

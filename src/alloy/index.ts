export * from "./syntax.ts";
export { check, type CheckOptions } from "./checker.ts";
export { RELABEL_ACTIONS, type RelabelAction } from "./catalogue/relabel-actions.ts";
export { components, type ComponentSpec } from "./catalogue/index.ts";
export { ALLOY_VERSION } from "./default-version.ts";

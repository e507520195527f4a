export { checkAlloyOptions } from "./alloy-options.ts";
export type { FileChange } from "./change.ts";
export { checkChange, concernsRules, strictly, type RuleReport } from "./check.ts";

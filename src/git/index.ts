export { baseCommit, changedFiles, filesAt } from "./changes.ts";
export { withoutRepository } from "./git.ts";
export { installHook, uninstallHook, type HookChange } from "./hook.ts";
export { withStagedTree } from "./staged-tree.ts";

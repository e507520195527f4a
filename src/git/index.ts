export { baseCommit, changedFiles, filesAt } from "./changes.ts";
export { findWorkTree, git, withoutRepository, type WorkTree } from "./git.ts";
export { installHook, uninstallHook, type HookChange } from "./hook.ts";
export { withStagedTree } from "./staged-tree.ts";

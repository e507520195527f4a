export { writeFileAtomically } from "./atomic-write.ts";
export { applyChanges, diffOf, findChanges, readText, type Change, type ChangeSet } from "./change-set.ts";
export { confine, isWithin, locate } from "./confine.ts";
export { unifiedDiff } from "./diff.ts";
export { loadFleet, MANIFEST, type LoadedFleet } from "./fleet.ts";
export { findRoot } from "./root.ts";

export { createDeployer, type DeployContext, type Deployer } from "./deploy/index.ts";
export { recordMigration, type Migration } from "./migration.ts";
export { readRollout, withJournal } from "./open.ts";
export { realOutside, type Outside, type VerifyHost } from "./outside.ts";
export { THROUGH, type RolloutPlan } from "./plan.ts";
export type { JournalRecord } from "./record.ts";
export { Rollout, type RolloutReport } from "./rollout.ts";
export { goneHosts, statusOf, type Status } from "./status.ts";
export { RolloutTree } from "./work-tree.ts";

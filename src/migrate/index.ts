export type { Context } from "./context.ts";
export { prepareGeneration, readPipeline, type Generation, type PipelineSource } from "./generation.ts";
export { withGenerated, type GeneratedTree } from "./generated-tree.ts";
export { migrate, type MigrationReport, type MigrationRequest } from "./migrate.ts";
export { STEPS, type Listener, type StepRecord } from "./plan.ts";
export { tryMigration, type Trial } from "./trial.ts";

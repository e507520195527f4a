/** What a scenario's file is given as `fleet/scenario`. */
export { withExternalLabel } from "./external-label.ts";
export type { LokiExpectation } from "./expectation.ts";
export {
  scenario,
  type Fate,
  type Scenario,
  type ScenarioDefinition,
  type Shipper,
  type Subject,
} from "./scenario.ts";
export type { Step, Steps } from "./step.ts";
export * from "./steps.ts";

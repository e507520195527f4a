export { GUEST } from "./guest-layout.ts";
export { TestLog } from "./log.ts";
export type { Machine } from "./machine.ts";
export { runNixosTests } from "./nixos/driver.ts";
export { prepareQemu, type RunningMachine } from "./qemu/index.ts";
export {
  MACHINE_DEFAULTS,
  prepareHost,
  runScenarios,
  startHost,
  type HostMachine,
  type Means,
  type ScenarioReport,
  type ScenarioRequest,
  type VmRequest,
} from "./run.ts";
export { loadScenario, type Scenario } from "./scenario/index.ts";
export { journalToLoki, SCENARIOS } from "./scenarios/index.ts";

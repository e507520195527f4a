export { prepareQemu, type DriverOptions, type QemuDriver, type RunningMachine } from "./driver.ts";
export { vmDirectory } from "./image.ts";

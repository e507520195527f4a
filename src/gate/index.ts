export { flakeReference } from "./real.ts";
export { gate, type GateOptions } from "./gate.ts";
export { locateOption } from "./locate.ts";
export { gateJson, hostJson, type GateJson } from "./json.ts";
export { sarifFindings } from "./sarif.ts";
export { touchedHosts } from "./touched.ts";
export type { GateReport, HostReport, TraceStep, Unverified, Verdict } from "./report.ts";
export { checkUpgrade } from "./upgrade/upgrade.ts";
export { upgradeJson, type UpgradeJson } from "./upgrade/json.ts";
export {
  breaks,
  type ChangeKind,
  type HostUpgrade,
  type OptionChange,
  type Side,
  type UpgradeReport,
} from "./upgrade/report.ts";

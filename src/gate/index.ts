export { gate, type GateOptions } from "./gate.ts";
export { gateJson } from "./json.ts";
export type { GateReport, HostReport, Unverified, Verdict } from "./report.ts";

export { flakeReference } from "./real.ts";
export { gate, type GateOptions } from "./gate.ts";
export { gateJson } from "./json.ts";
export { sarifFindings } from "./sarif.ts";
export { touchedHosts } from "./touched.ts";
export type { GateReport, HostReport, Unverified, Verdict } from "./report.ts";

export { ALLOWED, type Allowed } from "./allowed.ts";
export { compare, type AlloyText, type CompareOptions } from "./compare.ts";
export type { ComponentParity, Difference, ParityReport } from "./report.ts";
export { compilePromtail } from "./promtail-model.ts";

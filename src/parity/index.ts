export { ALLOWED, type Allowed } from "./allowed.ts";
export type { BehaviourDifference } from "./behaviour-difference.ts";
export { compareBehaviour, type BehaviourOptions, type BehaviourReport } from "./behaviour.ts";
export { compare, type AlloyText, type CompareOptions } from "./compare.ts";
export { placeText, type Divergence } from "./divergence.ts";
export {
  asSeenByLoki,
  compareArrivals,
  isTenant,
  type Arrival,
  type ArrivalComparison,
  type ArrivalDifference,
  type Arrivals,
  type Programs,
} from "./arrivals.ts";
export { compilePromtail } from "./promtail-model.ts";
export type { ComponentParity, Difference, ParityReport } from "./report.ts";

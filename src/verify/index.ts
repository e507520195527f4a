export { LIMITS, type CheckResult, type CheckStatus, type Limits } from "./check.ts";
export { passedThrough } from "./drops.ts";
export { expectationsOf, type Expectations } from "./expectations.ts";
export type { Configuration } from "./model.ts";
export { IDENTIFIER } from "./probes.ts";
export { logBySsh, type SshOptions } from "./ssh.ts";
export {
  verifyHost,
  type Clock,
  type LogMarked,
  type Rate,
  type VerifyOptions,
  type VerifyReport,
} from "./verify.ts";

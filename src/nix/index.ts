export { nixBindings, type NixBinding } from "./bindings.ts";
export { channelModules, standIns } from "./channel-modules.ts";
export { nixConfigurationFiles, nixEnvironment, nixVariables } from "./environment.ts";
export {
  evaluate,
  evaluateWatched,
  NixKilled,
  OWN as OWN_NIX_FILES,
  type EvaluateOptions,
  type Evaluation,
} from "./evaluate.ts";
export { evaluateJobs } from "./eval-jobs.ts";
export { evaluateTraced } from "./evaluate-traced.ts";
export type { Look } from "./looks.ts";
export { parseFailure, type NixFailure, type NixFrame, type NixPlace } from "./failure.ts";
export { EMBEDDED_RELEASES, findEvaluators, isOlder, type Evaluator } from "./nixpkgs.ts";
export { Places } from "./places.ts";
export { findNix, locateNix, type Nix } from "./program.ts";
export {
  newestWithPromtail,
  renderPromtail,
  type RenderedPromtail,
  type RenderPromtailRequest,
  type Through,
} from "./render-promtail.ts";
export { NixSyntaxError, scanNix, type NixToken } from "./scanner.ts";
export { nixKey, nixString } from "./text.ts";

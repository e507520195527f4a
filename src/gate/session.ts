import type { EvaluateOptions, Nix, Places } from "../nix/index.ts";

/** What the evaluations of one run have in common. */
export interface Session {
  /** Absolute path of the repository. */
  root: string;
  nix: Nix;
  places: Places;
  evaluation: EvaluateOptions;
}

import type { EvaluateOptions, Look, Nix, Places } from "../nix/index.ts";

/** What the evaluation of one host works with. */
export interface Session {
  /** Absolute path of the repository. */
  root: string;
  nix: Nix;
  /** Remembers which files were read for the places that messages name. */
  places: Places;
  evaluation: EvaluateOptions;
  /** Absolute path of strace, by which it is known what Nix reads; undefined where there is none. */
  strace: string | undefined;
  /** Is told what the evaluation looks at. */
  look: (look: Look) => void;
}

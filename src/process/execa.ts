import { createRequire } from "node:module";
import type * as Execa from "execa";

const require = createRequire(import.meta.url);

/**
 * The library that starts programs, loaded when the first one is started: most commands start none, and loading it
 * takes longer than they do.
 */
export function execaLibrary(): typeof Execa {
  return require("execa") as typeof Execa;
}

import { alloyCodes } from "./codes/alloy.ts";
import { clusterCodes } from "./codes/cluster.ts";
import { devCodes } from "./codes/dev.ts";
import { gateCodes } from "./codes/gate.ts";
import { generateCodes } from "./codes/generate.ts";
import { gitCodes } from "./codes/git.ts";
import { guestCodes } from "./codes/guest.ts";
import { lokiCodes } from "./codes/loki.ts";
import { manifestCodes } from "./codes/manifest.ts";
import { migrateCodes } from "./codes/migrate.ts";
import { nixCodes } from "./codes/nix.ts";
import { parityCodes } from "./codes/parity.ts";
import { pipelineCodes } from "./codes/pipeline.ts";
import { processCodes } from "./codes/process.ts";
import { programsCodes } from "./codes/programs.ts";
import { promtailCodes } from "./codes/promtail.ts";
import { repositoryCodes } from "./codes/repository.ts";
import { rulesCodes } from "./codes/rules.ts";
import { rolloutCodes } from "./codes/rollout.ts";
import { sampleCodes } from "./codes/sample.ts";
import { scenarioCodes } from "./codes/scenario.ts";
import { secretsCodes } from "./codes/secrets.ts";
import { shipCodes } from "./codes/ship.ts";
import { testCodes } from "./codes/test.ts";
import { verifyCodes } from "./codes/verify.ts";
import { vmCodes } from "./codes/vm.ts";

/**
 * Every diagnostic code, with the one-line title that docs/errors.md explains at length. A code is
 * `part/what-is-wrong`, and is never reused for another meaning. Each part keeps its codes in a file of its own.
 */
export const CODES = {
  "cli/usage": "The command line was not understood",
  "cli/internal": "A defect in fleet itself",
  "cli/interrupted": "The run was interrupted",
  "cli/unreadable": "A file named on the command line that cannot be read",
  "cli/unwritable": "A file that was to be written could not be written",
  ...alloyCodes,
  ...clusterCodes,
  ...devCodes,
  ...gateCodes,
  ...generateCodes,
  ...gitCodes,
  ...guestCodes,
  ...lokiCodes,
  ...manifestCodes,
  ...migrateCodes,
  ...nixCodes,
  ...parityCodes,
  ...pipelineCodes,
  ...processCodes,
  ...programsCodes,
  ...promtailCodes,
  ...repositoryCodes,
  ...rolloutCodes,
  ...rulesCodes,
  ...sampleCodes,
  ...scenarioCodes,
  ...secretsCodes,
  ...shipCodes,
  ...testCodes,
  ...verifyCodes,
  ...vmCodes,
} as const;

export type Code = keyof typeof CODES;

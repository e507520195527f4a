import type { Dialect } from "../../dialect.ts";
import type { Functions } from "../execute.ts";
import { fn } from "../function.ts";
import { BUILTINS } from "./builtin.ts";
import { DATA_FUNCTIONS } from "./data.ts";
import { integersOf } from "./convert.ts";
import { dateFunctions, type Clock } from "./dates.ts";
import { LIST_FUNCTIONS } from "./lists.ts";
import { numberFunctions } from "./numbers.ts";
import { STAGE_FUNCTIONS } from "./stage.ts";
import { STRING_FUNCTIONS } from "./strings.ts";

/**
 * sprig's functions that need chance, the network, keys or grammars of their own. A template that calls one works in
 * Alloy, but is refused here, with words that say so.
 */
export const NOT_EVALUATED: ReadonlySet<string> = new Set(
  [
    "bcrypt buildCustomCert camelcase decryptAES deepCopy derivePassword encryptAES expandenv genCA",
    "genCAWithKey genPrivateKey genSelfSignedCert genSelfSignedCertWithKey genSignedCert genSignedCertWithKey",
    "getHostByName htpasswd kebabcase mustDeepCopy mustMerge mustMergeOverwrite mustRegexFindAll mustRegexSplit",
    "mustSlice mustToPrettyJson mustWithout osBase osClean osDir osExt osIsAbs randAlpha randAlphaNum randAscii",
    "randBytes randInt randNumeric semver semverCompare shuffle snakecase urlJoin urlParse uuidv4",
    "must_date_modify mustChunk",
  ].flatMap((names) => names.split(" ")),
);

/** All functions that a template in a stage may call: text/template's own, sprig's, and those that the stages add. */
export function stageFunctions(
  env: Readonly<Record<string, string | undefined>>,
  clock: Clock,
  dialect: Dialect = "alloy",
): Functions {
  return {
    ...BUILTINS,
    ...STRING_FUNCTIONS,
    ...numberFunctions(integersOf(dialect)),
    ...LIST_FUNCTIONS,
    ...DATA_FUNCTIONS,
    ...dateFunctions(clock),
    env: fn(["string"], (name) => env[name] ?? ""),
    ...STAGE_FUNCTIONS,
  };
}

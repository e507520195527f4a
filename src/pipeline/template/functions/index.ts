import type { Functions } from "../execute.ts";
import { fn } from "../function.ts";
import { BUILTINS } from "./builtin.ts";
import { DATA_FUNCTIONS } from "./data.ts";
import { dateFunctions, type Clock } from "./dates.ts";
import { LIST_FUNCTIONS } from "./lists.ts";
import { NUMBER_FUNCTIONS } from "./numbers.ts";
import { STAGE_FUNCTIONS } from "./stage.ts";
import { STRING_FUNCTIONS } from "./strings.ts";

/**
 * All functions that a template in a stage may call, later names winning as in Alloy: text/template's own, sprig's,
 * and those that the stages add. Of sprig, the functions that need chance, the network or key material (randAlpha,
 * getHostByName, genCA, ...) do not exist here, and a template that calls one is refused.
 */
export function stageFunctions(env: Readonly<Record<string, string | undefined>>, clock: Clock): Functions {
  return {
    ...BUILTINS,
    ...STRING_FUNCTIONS,
    ...NUMBER_FUNCTIONS,
    ...LIST_FUNCTIONS,
    ...DATA_FUNCTIONS,
    ...dateFunctions(clock),
    env: fn(["string"], (name) => env[name] ?? ""),
    ...STAGE_FUNCTIONS,
  };
}

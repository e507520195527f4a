import { attribute, block } from "../../../alloy/index.ts";
import type { AlloyModule } from "../module.ts";

/** Alloy's own settings. */
export const core: AlloyModule = {
  name: "core",
  title: "Alloy's own settings",
  decide: () => ({ included: true, why: "every configuration has it" }),
  statements: () => [
    block("logging", undefined, [attribute("level", "info"), attribute("format", "logfmt")]),
  ],
  queries: () => [],
};

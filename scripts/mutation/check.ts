import { FleetError } from "../../src/diagnostics/index.ts";
import { compareBehaviour, type BehaviourDifference } from "../../src/parity/index.ts";
import type { JournalEntry } from "../../src/pipeline/index.ts";
import type { Promtail } from "../../src/promtail/index.ts";
import type { Mutant } from "./mutants.ts";

/** How a mutant fared: refused as no configuration, without an effect, or with its changed stage named or not. */
export interface Verdict {
  mutant: Mutant;
  result: "refused" | "same" | "named" | "misnamed";
  /** The first differing stage on either side, as parity has it. */
  found: string;
}

/** Asks parity of each mutant of a configuration that does what promtail's does which stage was changed. */
export function checkMutants(
  mutants: readonly Mutant[],
  promtail: Promtail,
  entries: readonly JournalEntry[],
): Verdict[] {
  return mutants.map((mutant) => {
    try {
      const file = { name: "config.alloy", text: mutant.text };
      const report = compareBehaviour(promtail, file, entries, { env: {}, alloyVersion: "1.18.1" });
      const [first] = report.differences;
      if (first === undefined) return { mutant, result: "same", found: "" };
      const found = sidesOf(first);
      const named = found.some((stage) => mutant.stages.includes(stage));
      return { mutant, result: named ? "named" : "misnamed", found: found.join(" -> ") };
    } catch (caught) {
      if (!(caught instanceof FleetError)) throw caught;
      return { mutant, result: "refused", found: caught.message };
    }
  });
}

/** Stages and rules by themselves, sources and writers by their kind: components are called otherwise on either side. */
function sidesOf({ stage }: BehaviourDifference): string[] {
  return [stage.promtail, stage.alloy].map((place) => {
    if (place === undefined) return "nothing";
    if (place.in === place.stage) return place.in.replace(/\.[^.]*$/, "");
    return place.stage.replace(/^.*\.(?=rule\[)/, "");
  });
}

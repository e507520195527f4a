import { blank, comment, render, type Item } from "../../alloy/index.ts";
import type { AlloyModule, Decision, ModuleContext } from "./module.ts";

/** A module that is in, with the reason. */
export interface Included {
  module: AlloyModule;
  decision: Decision;
}

const RULE = "-".repeat(76);

/** config.alloy: the modules one after the other, each under a banner that says what it is and why it is there. */
export function compose(context: ModuleContext, included: readonly Included[]): string {
  const names = included.map(({ module }) => module.name).join(", ");
  const items: Item[] = [comment(`Alloy of cluster ${context.cluster.name}, composed by fleet: ${names}.`)];
  for (const { module, decision } of included) {
    items.push(
      blank(),
      comment(`${RULE}\n${module.name}: ${module.title}\n(${decision.why})\n${RULE}`),
      blank(),
      ...module.statements(context),
    );
  }
  return render(items);
}

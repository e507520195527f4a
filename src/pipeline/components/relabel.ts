import type { Arguments } from "../config/arguments.ts";
import { stepReceiver, type Receiver } from "../receiver.ts";
import { readRules, relabel } from "../relabel.ts";
import type { ComponentContext } from "./component.ts";

/** loki.relabel between other components: rules on the labels of passing entries; one without labels is dropped. */
export function relabelReceiver(args: Arguments, context: ComponentContext): Receiver {
  const rules = readRules(args);
  const next = context.fanOut(args.receivers("forward_to"));
  const place = { component: context.id, stage: "rule" };
  const relabelled = stepReceiver(
    (entry) => {
      const dropping = relabel(rules, entry.labels);
      if (dropping !== undefined) {
        return { reason: "relabel_rules", detail: `rule ${dropping + 1}: ${rules[dropping]?.summary ?? ""}` };
      }
      for (const [name, value] of entry.labels) if (value === "") entry.labels.delete(name);
      return entry.labels.size === 0
        ? { reason: "no_labels", detail: "no label is left after relabelling" }
        : undefined;
    },
    place,
    next,
    context.ledger,
  );
  return relabelled;
}

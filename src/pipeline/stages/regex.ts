import { isValidUtf8 } from "../bytes.ts";
import type { Arguments } from "../config/arguments.ts";
import { isLabelName } from "../entry.ts";
import type { Step } from "../receiver.ts";
import { inputOf, type StageContext } from "./stage.ts";

/** stage.regex: the named groups of the first match; a group that took no part gives "". No match changes nothing. */
export function regex(args: Arguments, { dialect }: StageContext): Step {
  if (args.string("expression") === "") args.fail("expression is required", "expression");
  const expression = args.regex("expression");
  const input = inputOf(args);
  // Promtail reads over the name.
  const toLabels = args.bool("labels_from_groups", false) && dialect === "alloy";
  return (entry) => {
    const text = input(entry);
    const match = text === undefined ? undefined : expression.find(text);
    if (match === undefined) return undefined;
    expression.names.forEach((name, group) => {
      if (name === "") return;
      const value = match.groups[group] ?? "";
      entry.extracted.set(name, value);
      if (toLabels && isLabelName(name) && isValidUtf8(value)) entry.labels.set(name, value);
    });
    return undefined;
  };
}

import type { Arguments } from "../config/arguments.ts";
import { textOf } from "../entry.ts";
import type { Step } from "../receiver.ts";

/** The label that carries the tenant to loki.write, which takes it off again. */
export const TENANT_LABEL = "__tenant_id__";

/** stage.tenant: the tenant from a label, an extracted key or a fixed value; an empty one changes nothing. */
export function tenant(args: Arguments): Step {
  const label = args.string("label", "");
  const source = args.string("source", "");
  const value = args.string("value", "");
  if ([label, source, value].filter((given) => given !== "").length !== 1) {
    args.fail("exactly one of label, source and value is required");
  }
  return (entry) => {
    const found = value || (source === "" ? entry.labels.get(label) : textOf(entry.extracted.get(source)));
    if (found !== undefined && found !== "") entry.labels.set(TENANT_LABEL, found);
    return undefined;
  };
}

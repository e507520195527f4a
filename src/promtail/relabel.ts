import { RE2JS } from "re2js";
import type { z } from "zod";
import { RELABEL_ACTIONS } from "../alloy/index.ts";
import { integer, list, mapping, optional, text, word } from "./values.ts";

/** A relabel regex matches the whole value, in which a dot is any character. */
const regex = text.superRefine((pattern, context) => {
  try {
    RE2JS.compile(`^(?s:${pattern})$`);
  } catch (caught) {
    const reason = caught instanceof Error ? caught.message : String(caught);
    context.addIssue({ code: "custom", message: `not a regular expression: ${reason}` });
  }
});

/** A relabelling rule of Prometheus. */
export const relabelRule = mapping({
  source_labels: optional(list(text)),
  separator: optional(text),
  regex: optional(regex),
  modulus: optional(integer),
  target_label: optional(text),
  replacement: optional(text),
  action: optional(word(...RELABEL_ACTIONS)),
});
export type RelabelRule = z.output<typeof relabelRule>;

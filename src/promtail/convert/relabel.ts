import { block, type Item } from "../../alloy/index.ts";
import type { RelabelRule } from "../relabel.ts";
import { put } from "./items.ts";

/** The rules of a relabel component. */
export function ruleItems(rules: readonly RelabelRule[]): Item[] {
  return rules.map((rule) =>
    block("rule", undefined, [
      ...(rule.source_labels?.length ? put("source_labels", rule.source_labels) : []),
      ...put("separator", rule.separator ?? ";", ";"),
      ...put("regex", rule.regex ?? "(.*)", "(.*)"),
      ...put("modulus", rule.modulus ?? 0n, 0n),
      ...put("target_label", rule.target_label ?? "", ""),
      ...put("replacement", rule.replacement ?? "$1", "$1"),
      ...put("action", rule.action ?? "replace", "replace"),
    ]),
  );
}

import { createHash } from "node:crypto";
import { RELABEL_ACTIONS, type RelabelAction } from "../alloy/index.ts";
import { toUtf8 } from "./bytes.ts";
import type { Arguments } from "./config/arguments.ts";
import { isLabelName, isLegacyLabelName } from "./entry.ts";
import { toLower, toUpper } from "./letter-case.ts";
import { expand, Regex } from "./regex.ts";

/** Changes labels in place; false drops what they belong to. */
type Apply = (labels: Map<string, string>) => boolean;

/** One compiled `rule` block. */
export interface Rule {
  apply: Apply;
  /** The labels that it looks at. */
  reads: readonly string[] | "all";
  /** For a person: `drop` with its regex. */
  summary: string;
}

/**
 * The first rule that dropped, by its index; undefined when the labels were kept. `applied` is told of each rule
 * that let them pass.
 */
export function relabel(
  rules: readonly Rule[],
  labels: Map<string, string>,
  applied?: (index: number) => void,
): number | undefined {
  for (const [index, rule] of rules.entries()) {
    if (!rule.apply(labels)) return index;
    applied?.(index);
  }
  return undefined;
}

/** The `rule` blocks of a relabel component. Throws ArgumentError for a rule that Alloy refuses. */
export function readRules(args: Arguments): readonly Rule[] {
  return args.blocks("rule").map((block) => readRule(args.inside(block)));
}

function readRule(args: Arguments): Rule {
  const action = args.choice("action", RELABEL_ACTIONS, "replace");
  const pattern = args.string("regex", "(.*)");
  const target = args.string("target_label", "");
  const replacement = args.string("replacement", "$1");
  const modulus = BigInt(args.number("modulus", 0));
  const regex = args.compile("regex", () => new Regex(`^(?s:${pattern})$`));
  const joined = joiner(args.strings("source_labels", []), args.string("separator", ";"));
  checkTarget(args, action, target, replacement);
  if (action === "hashmod" && modulus === 0n)
    args.fail("hashmod requires a modulus other than zero", "action");
  const rule = { action, regex, joined, target, replacement, modulus };
  const reads = action.startsWith("label") ? "all" : [...args.strings("source_labels", []), target];
  return { apply: compileRule(rule), reads, summary: `${action} ${pattern}` };
}

function checkTarget(args: Arguments, action: RelabelAction, target: string, replacement: string): void {
  const templated = action === "replace" && target.includes("$");
  if (["replace", "hashmod", "lowercase", "uppercase", "keepequal", "dropequal"].includes(action)) {
    if (target === "") args.fail(`${action} requires target_label`);
    const valid = templated ? isLabelTemplate(target) : isLabelName(target);
    if (!valid) args.fail(`${JSON.stringify(target)} is no valid target_label for ${action}`, "target_label");
  }
  if (["lowercase", "uppercase", "keepequal", "dropequal"].includes(action) && replacement !== "$1") {
    args.fail(`replacement cannot be set for ${action}`, "replacement");
  }
  if (action === "labelmap" && !isLabelTemplate(replacement)) {
    args.fail(`${JSON.stringify(replacement)} is no valid replacement for labelmap`, "replacement");
  }
  const only =
    action === "labeldrop" || action === "labelkeep"
      ? ["source_labels", "target_label", "separator", "replacement"]
      : [];
  for (const name of only) if (args.has(name)) args.fail(`${action} takes only regex`, name);
}

/** Letters, underscores, digits and references to groups. */
function isLabelTemplate(text: string): boolean {
  return /^(?:[a-zA-Z_]|\$(?:\{\w+\}|\w+))(?:\w|\$(?:\{\w+\}|\w+))*$/.test(text);
}

function joiner(
  names: readonly string[],
  separator: string,
): (labels: ReadonlyMap<string, string>) => string {
  const [only] = names;
  if (only === undefined) return () => "";
  if (names.length === 1) return (labels) => labels.get(only) ?? "";
  return (labels) => names.map((name) => labels.get(name) ?? "").join(separator);
}

interface Parsed {
  action: RelabelAction;
  regex: Regex;
  joined: (labels: ReadonlyMap<string, string>) => string;
  target: string;
  replacement: string;
  modulus: bigint;
}

function compileRule(rule: Parsed): Apply {
  const { action, regex, joined, target, replacement, modulus } = rule;
  switch (action) {
    case "replace":
      return compileReplace(rule);
    case "keep":
      return (labels) => regex.test(joined(labels));
    case "drop":
      return (labels) => !regex.test(joined(labels));
    case "keepequal":
      return (labels) => (labels.get(target) ?? "") === joined(labels);
    case "dropequal":
      return (labels) => (labels.get(target) ?? "") !== joined(labels);
    case "lowercase":
      return (labels) => setLabel(labels, target, toLower(joined(labels)));
    case "uppercase":
      return (labels) => setLabel(labels, target, toUpper(joined(labels)));
    case "hashmod":
      return (labels) => setLabel(labels, target, hashModulo(joined(labels), modulus));
    case "labelmap":
      return (labels) => {
        for (const [name, value] of [...labels]) {
          if (!regex.test(name)) continue;
          setLabel(
            labels,
            regex.replaceAll(name, (match) => expand(replacement, match, regex.names)),
            value,
          );
        }
        return true;
      };
    case "labeldrop":
    case "labelkeep":
      return (labels) => {
        for (const name of labels.keys())
          if (regex.test(name) === (action === "labeldrop")) labels.delete(name);
        return true;
      };
  }
}

/** A value that does not match, or a target that is no label name, changes nothing; "" deletes the label. */
function compileReplace({ regex, joined, target, replacement }: Parsed): Apply {
  if (regex.source === "^(?s:(.*))$" && replacement === "$1" && isLegacyLabelName(target)) {
    return (labels) => setLabel(labels, target, joined(labels));
  }
  return (labels) => {
    const match = regex.find(joined(labels));
    if (match === undefined) return true;
    const name = expand(target, match, regex.names);
    return isLegacyLabelName(name) ? setLabel(labels, name, expand(replacement, match, regex.names)) : true;
  };
}

function setLabel(labels: Map<string, string>, name: string, value: string): true {
  if (value === "") labels.delete(name);
  else labels.set(name, value);
  return true;
}

/** The last eight bytes of the MD5 sum as a number, modulo `modulus`: Prometheus' hashmod. */
function hashModulo(text: string, modulus: bigint): string {
  const sum = createHash("md5").update(toUtf8(text)).digest();
  return String(sum.readBigUInt64BE(8) % modulus);
}

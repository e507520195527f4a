import type { Block, Expression, File, Identifier } from "../ast.ts";
import { attributeNamed, blockName, visit, type AnyNode } from "../visitor.ts";
import { constantText, type Context } from "./context.ts";

/** Labels that begin so are dropped before entries are sent, so that only what reads them gives them a use. */
const INTERNAL = /^__\w+$/;

/** Internal labels that components read without being told to. */
const READ_BY_COMPONENTS =
  /^__(?:address__|scheme__|metrics_path__|path__|path_exclude__|param_\w+|scrape_\w+|tenant_id__|meta_\w+|name__|host__|stream_shard__)$/;

/** Actions that take labels by a pattern of their names. */
const BY_PATTERN = new Set(["labelmap", "labelkeep", "labeldrop"]);

/** Actions that compare with the target label instead of setting it. */
const COMPARING = new Set(["keepequal", "dropequal"]);

/**
 * Warns of internal labels that a rule sets and nothing reads. A label counts as read when its name stands
 * anywhere else in the configuration, in whatever text, or when a rule takes labels by a pattern of their names.
 */
export function unusedLabels(context: Context, files: readonly File[]): void {
  const set: { file: File; at: Expression; label: string }[] = [];
  const compared = new Set<AnyNode>();
  let byPattern = false as boolean;
  for (const file of files) {
    visit(file, {
      enter(node) {
        if (node.kind === "block") {
          const action = attributeNamed(node, "action");
          const target = attributeNamed(node, "target_label");
          if (action !== undefined && target !== undefined && COMPARING.has(constantText(action.value) ?? ""))
            compared.add(target.value);
        }
        if (node.kind !== "attribute") return node.kind === "file" || node.kind === "block";
        const text = constantText(node.value) ?? "";
        if (node.name.name === "action") byPattern ||= BY_PATTERN.has(text);
        const isSet = node.name.name === "target_label" && INTERNAL.test(text) && !compared.has(node.value);
        if (isSet && !READ_BY_COMPONENTS.test(text)) set.push({ file, at: node.value, label: text });
        return false;
      },
    });
  }
  if (set.length === 0 || byPattern) return;
  const except = new Set<AnyNode>(set.map(({ at }) => at));
  const texts: string[] = [];
  for (const file of files) {
    visit(file, {
      enter(node) {
        if (except.has(node)) return false;
        collectText(node, texts);
        return undefined;
      },
    });
  }
  const read = wordsOf(texts);
  for (const { file, at, label } of set) {
    if (read.has(label)) continue;
    const message = `${label} is set and never read, and it is not sent`;
    context.warning(file, "alloy/unused", at, message, "remove the rule, or read the label somewhere");
  }
}

/** The attribute that says what a stage takes out of an entry, by stage. */
const EXTRACTIONS: Readonly<Record<string, string>> = {
  "stage.json": "expressions",
  "stage.logfmt": "mapping",
};

/** A template that takes the extracted map as a whole: `{{ range . }}`, `{{ toJson . }}`. */
const TAKES_ALL = /\{\{[^}]*[\s(|{]\.(?=[\s)}|])/;

/**
 * Warns of values that a stage of a loki.process extracts and nothing in the component reads. A value counts as
 * read when its name stands anywhere else in the component, in whatever text, and all of them do where a stage
 * may read any.
 */
export function unusedValues(context: Context, file: File, component: Block): void {
  const extracted: Identifier[] = [];
  const except = new Set<AnyNode>();
  const texts: string[] = [];
  let readsAny = false as boolean;
  visit(component, {
    enter(node) {
      if (except.has(node) || (node.kind === "attribute" && node.name.name === "forward_to")) return false;
      collectText(node, texts);
      if (node.kind === "identifier-expression") readsAny = true;
      else if (node.kind === "literal") readsAny ||= TAKES_ALL.test(node.raw);
      else if (node.kind === "block") {
        const name = blockName(node);
        readsAny ||= name === "stage.structured_metadata" && attributeNamed(node, "regex") !== undefined;
        const extraction = Object.hasOwn(EXTRACTIONS, name) ? EXTRACTIONS[name] : undefined;
        const map = extraction === undefined ? undefined : attributeNamed(node, extraction)?.value;
        if (map?.kind !== "object") return undefined;
        except.add(map);
        extracted.push(...map.fields.map((field) => field.name));
      }
      return undefined;
    },
  });
  if (extracted.length === 0 || readsAny) return;
  const read = wordsOf(texts);
  for (const name of extracted) {
    // A name with other characters is not one word of a text.
    if (!/^\w+$/.test(name.name) || read.has(name.name)) continue;
    const message = `${name.name} is extracted and never read`;
    context.warning(file, "alloy/unused", name, message, "remove it, or make a label of it");
  }
}

/** Adds the text or the key that a node is. */
function collectText(node: AnyNode, texts: string[]): void {
  if (node.kind === "literal" && node.type === "string") texts.push(node.raw);
  else if (node.kind === "field") texts.push(node.name.name);
}

function wordsOf(texts: readonly string[]): Set<string> {
  const words = new Set<string>();
  for (const text of texts) for (const [word] of text.matchAll(/\w+/g)) words.add(word);
  return words;
}

import { applyEdits, attributeNamed, blockName, parse, quote, type TextEdit } from "../../alloy/index.ts";
import { error, FleetError, LineIndex } from "../../diagnostics/index.ts";

/**
 * An Alloy configuration whose every loki.write adds a label to what it sends; every other byte stays.
 *
 * @throws FleetError for a text with syntax errors, and `scenario/invalid` when external_labels is no object.
 */
export function withExternalLabel(text: string, name: string, value: string): string {
  const { file, diagnostics } = parse("config.alloy", text);
  if (diagnostics.length > 0) throw new FleetError(diagnostics, 1);
  const field = `${name} = ${quote(value)}`;
  const edits = file.body.flatMap((block): TextEdit[] => {
    if (block.kind !== "block" || blockName(block) !== "loki.write") return [];
    const labels = attributeNamed(block, "external_labels")?.value;
    if (labels === undefined) {
      return [{ start: block.open + 1, end: block.open + 1, text: `\n\texternal_labels = { ${field} }\n` }];
    }
    if (labels.kind === "object") {
      return [{ start: labels.start + 1, end: labels.start + 1, text: ` ${field},` }];
    }
    const span = new LineIndex("config.alloy", text).span(labels.start, labels.end);
    const hint = "write it as an object: external_labels = { ... }";
    const message = "external_labels is an expression, so no label can be added to it";
    throw new FleetError(error("scenario/invalid", message, { span, hint }), 1);
  });
  return applyEdits(text, edits);
}

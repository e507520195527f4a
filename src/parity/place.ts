import { blockName, parse, type Block } from "../alloy/index.ts";
import { LineIndex, type Span } from "../diagnostics/index.ts";
import type { AlloyText } from "./compare.ts";
import type { StagePlace } from "./divergence.ts";

/** Where a stage, a rule or a component stands in a file; undefined when the file has none of that name. */
export function placeIn({ name, text }: AlloyText, { in: component, stage }: StagePlace): Span | undefined {
  const { file } = parse(name, text);
  const blocks = file.body.filter((statement) => statement.kind === "block");
  // Rules that a source applies are named after the component that has them.
  const rule = /^(.*)\.(rule\[\d+\])$/.exec(stage);
  const [id, path] = rule === null ? [component, stage] : [rule[1], rule[2] ?? ""];
  let found = blocks.find((block) => `${blockName(block)}.${block.label?.value ?? ""}` === id);
  if (path !== id) {
    for (const [, step = "", index] of path.matchAll(/((?:stage\.)?\w+)\[(\d+)\]/g)) {
      found = found && innerBlocks(found, step)[Number(index)];
    }
  }
  return found && new LineIndex(name, text).span(found.start, found.open);
}

function innerBlocks({ body }: Block, name: string): Block[] {
  return body.filter((statement) => statement.kind === "block").filter((block) => blockName(block) === name);
}

import {
  applyEdits,
  blockName,
  insertAfter,
  block as newBlock,
  attribute as newAttribute,
  object,
  parse,
  quote,
  removeStatement,
  type Block,
  type Expression,
  type File,
  type Literal,
  type TextEdit,
} from "../../src/alloy/index.ts";

/** A configuration with one thing changed. */
export interface Mutant {
  /** `stage.drop[0]: expression "a" -> "b"`. */
  name: string;
  text: string;
  /** What may be named as the changed stage, without its component: `stage.drop[0]`, `rule[1]`, `loki.write`. */
  stages: readonly string[];
}

/** Every mutant of a configuration: stages and rules removed, swapped, added, and each value changed. */
export function mutantsOf(text: string): Mutant[] {
  const { file } = parse("config.alloy", text);
  return file.body
    .filter((statement) => statement.kind === "block")
    .flatMap((component) => mutantsOfComponent(file, component));
}

/** A block with what it is called in traces. */
interface Part {
  block: Block;
  stage: string;
}

function mutantsOfComponent(file: File, component: Block): Mutant[] {
  const parts = partsOf(component);
  const own: Part = { block: component, stage: blockName(component) };
  return [
    ...parts.flatMap((part) => valueMutants(file, part)),
    ...valueMutants(file, own),
    ...parts.map((part) =>
      mutant(file, `${part.stage} removed`, [removeStatement(file, part.block)], [part]),
    ),
    ...parts.slice(1).map((part, at) => swapped(file, parts[at] ?? part, part)),
    ...(blockName(component) === "loki.process" ? parts.flatMap((part) => added(file, part, parts)) : []),
  ];
}

/** The stages or rules of a component, with their numbers. */
function partsOf({ body }: Block): Part[] {
  const counts = new Map<string, number>();
  return body
    .filter((statement) => statement.kind === "block")
    .filter((block) => /^(?:stage\.|rule$)/.test(blockName(block)))
    .map((block) => {
      const name = blockName(block);
      const count = counts.get(name) ?? 0;
      counts.set(name, count + 1);
      return { block, stage: `${name}[${count}]` };
    });
}

function mutant(file: File, name: string, edits: readonly TextEdit[], parts: readonly Part[]): Mutant {
  return { name, text: applyEdits(file.text, edits), stages: parts.map(({ stage }) => stage) };
}

/** Two neighbours in the other order; their numbers are those of either order. */
function swapped(file: File, one: Part, other: Part): Mutant {
  const source = ({ block }: Part): string => file.text.slice(block.start, block.end);
  const edits = [
    { start: one.block.start, end: one.block.end, text: source(other) },
    { start: other.block.start, end: other.block.end, text: source(one) },
  ];
  return mutant(file, `${one.stage} and ${other.stage} swapped`, edits, [one, other]);
}

/** Stages that the configuration has not, one at a time, behind a stage. */
function added(file: File, { block, stage }: Part, parts: readonly Part[]): Mutant[] {
  const stages = [
    newBlock("stage.static_labels", undefined, [newAttribute("values", object([["mutant", "yes"]]))]),
    newBlock("stage.drop", undefined, [newAttribute("expression", "[02468]")]),
  ];
  return stages.map((item) => {
    const name = item.kind === "block" ? item.name : "";
    const before = parts.slice(0, parts.findIndex((part) => part.stage === stage) + 1);
    const count = before.filter((part) => part.stage.startsWith(`${name}[`)).length;
    const text = applyEdits(file.text, [insertAfter(file, block, [item])]);
    return { name: `${name} added behind ${stage}`, text, stages: [`${name}[${count}]`] };
  });
}

/** Mutants of everything that stands between the braces of a block, but for the blocks in it. */
function valueMutants(file: File, part: Part): Mutant[] {
  return part.block.body.flatMap((statement) => {
    if (statement.kind === "block") return [];
    return changes(statement.name.name, statement.value).map(({ what, edit }) =>
      mutant(file, `${part.stage}: ${what}`, [edit], [part]),
    );
  });
}

interface Change {
  what: string;
  edit: TextEdit;
}

/** What can be changed about a value: texts, flags, and the keys and values of maps. */
function changes(name: string, value: Expression): Change[] {
  switch (value.kind) {
    case "literal":
      return literals(name, value).map((source) => ({
        what: `${name} ${value.raw} -> ${source}`,
        edit: { start: value.start, end: value.end, text: source },
      }));
    case "array":
      return value.elements.flatMap((element) => changes(name, element));
    case "object":
      return value.fields.flatMap((field) => [
        {
          what: `${name}: ${field.name.name} renamed`,
          edit: { start: field.name.start, end: field.name.end, text: `${field.name.name}_x` },
        },
        ...changes(`${name}.${field.name.name}`, field.value),
      ]);
    default:
      return [];
  }
}

/** Settings that say nothing about the entries of a test. */
const OUTSIDE = new Set(["path", "max_age", "url"]);

function literals(name: string, literal: Literal): string[] {
  const { value } = literal;
  if (OUTSIDE.has(name)) return [];
  if (typeof value === "boolean") return [String(!value)];
  if (typeof value !== "string") return [];
  const texts =
    name === "expression" || name === "regex"
      ? [
          `never ${value}`,
          value.replace(/^\^/, "").slice(0, -1),
          value.replace(/^\^/, ""),
          `(?i)${value}`,
          "(.+)",
        ]
      : name === "template"
        ? [`${value}!`, value.replace("{{else}}", "{{else}} "), "{{ .Value }}"]
        : [`${value}_x`, ""];
  return [...new Set(texts)].filter((text) => text !== value).map(quote);
}

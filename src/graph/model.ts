import {
  attributeNamed,
  blockName,
  referencePath,
  visit,
  type Attribute,
  type Block,
  type Expression,
  type File,
} from "../alloy/index.ts";

/** The components of a configuration and what leads from one to another. */
export interface Graph {
  nodes: readonly GraphNode[];
  edges: readonly GraphEdge[];
}

export interface GraphNode {
  /** `loki.process.journal`; without a label only the name. */
  id: string;
  /** Its stages or rules, in order, those inside a stage.match after it and deeper. */
  stages: readonly GraphStage[];
}

export interface GraphStage {
  /** As a trace names it: `stage.match[0].stage.drop[1]`, `rule[2]`. */
  path: string;
  /** `drop msg ~ ^refused connection` */
  text: string;
  depth: number;
}

export interface GraphEdge {
  from: string;
  to: string;
  /** True where log entries pass; else one uses what the other exports, such as rules or targets. */
  entries: boolean;
}

/** Reads the graph out of the files of one configuration, in the order of the source. */
export function graphOf(files: readonly File[]): Graph {
  const blocks = files.flatMap(({ body }) => body.filter((statement) => statement.kind === "block"));
  const components = new Map(blocks.filter(isComponent).map((block) => [idOf(block), block]));
  const edges = new Map<string, GraphEdge>();
  for (const [id, block] of components) {
    for (const edge of edgesOf(id, block, components)) edges.set(`${edge.from} ${edge.to}`, edge);
  }
  const nodes = [...components].map(([id, { body }]) => ({ id, stages: stagesOf(body, "", 0) }));
  return { nodes, edges: [...edges.values()] };
}

/** Settings such as `logging` have no dot in their name and are no components. */
function isComponent(block: Block): boolean {
  return block.name.length > 1;
}

function idOf(block: Block): string {
  const label = block.label?.value;
  return label === undefined ? blockName(block) : `${blockName(block)}.${label}`;
}

function edgesOf(id: string, block: Block, components: ReadonlyMap<string, Block>): GraphEdge[] {
  const edges: GraphEdge[] = [];
  visit(block, {
    enter(node) {
      if (node.kind !== "attribute") return undefined;
      for (const path of references(node)) {
        const other = componentIn(path, components);
        if (other === undefined) continue;
        if (node.name.name === "forward_to") edges.push({ from: id, to: other, entries: true });
        else edges.push({ from: other, to: id, entries: false });
      }
      return false;
    },
  });
  return edges;
}

/** Every dotted path in an attribute's value. */
function references({ value }: Attribute): string[][] {
  const found: string[][] = [];
  visit(value, {
    enter(node) {
      const path =
        node.kind === "access" || node.kind === "identifier-expression" ? referencePath(node) : undefined;
      if (path !== undefined) found.push(path);
      return path === undefined ? undefined : false;
    },
  });
  return found;
}

function componentIn(path: readonly string[], components: ReadonlyMap<string, Block>): string | undefined {
  for (let length = path.length; length > 0; length--) {
    const id = path.slice(0, length).join(".");
    if (components.has(id)) return id;
  }
  return undefined;
}

function stagesOf(body: Block["body"], above: string, depth: number): GraphStage[] {
  const seen = new Map<string, number>();
  return body.flatMap((block) => {
    if (block.kind !== "block") return [];
    const name = blockName(block);
    if (name !== "rule" && !name.startsWith("stage.")) return [];
    const number = seen.get(name) ?? 0;
    seen.set(name, number + 1);
    const path = `${above}${name}[${number}]`;
    const inner = name === "stage.match" ? stagesOf(block.body, `${path}.`, depth + 1) : [];
    return [{ path, text: stageText(name, block), depth }, ...inner];
  });
}

/** What a stage is about, in a line: its name and its telling arguments. */
function stageText(name: string, block: Block): string {
  const get = (argument: string): string => shown(attributeNamed(block, argument)?.value);
  const short = name.replace(/^stage\./, "");
  switch (name) {
    case "rule":
      return words(get("action") || "replace", get("source_labels"), arrow(get("target_label")));
    case "stage.drop":
      return words(short, get("source"), test(get("expression"), get("value")), get("older_than"));
    case "stage.match":
      return words(short, get("action"), get("selector"));
    case "stage.regex":
    case "stage.replace":
      return words(short, get("source"), test(get("expression"), ""), arrow(get("replace")));
    case "stage.json":
    case "stage.logfmt":
    case "stage.labels":
    case "stage.label_drop":
    case "stage.label_keep":
    case "stage.static_labels":
    case "stage.structured_metadata":
      return words(short, get("expressions") || get("mapping") || get("values"));
    default:
      return words(short, get("source"));
  }
}

function words(...parts: readonly string[]): string {
  return parts.filter((part) => part !== "").join(" ");
}

function arrow(target: string): string {
  return target === "" ? "" : `→ ${target}`;
}

function test(expression: string, value: string): string {
  if (expression !== "") return `~ ${expression}`;
  return value === "" ? "" : `= ${value}`;
}

/** A value in few words: a text itself, the items of a list, the keys of an object. */
function shown(value: Expression | undefined): string {
  switch (value?.kind) {
    case "literal":
      return String(value.value ?? "");
    case "array":
      return value.elements.map(shown).join(", ");
    case "object":
      return value.fields.map(({ name }) => name.name).join(", ");
    default:
      return "";
  }
}

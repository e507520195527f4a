import type { Attribute, Block, Expression, File, Statement } from "../alloy/index.ts";
import { LineIndex, type Span } from "../diagnostics/index.ts";
import { formatDuration, formatSize, parseDuration } from "../promtail/index.ts";
import { DEFAULTS, DURATIONS, SIZES } from "./defaults.ts";

/** A value without its spelling: "12h" and "12h0m0s" are one duration, an object's keys have no order. */
export type Normal =
  | { kind: "literal"; value: string | number | boolean | null }
  | { kind: "duration" | "size"; amount: bigint }
  | { kind: "list"; items: readonly Normal[] }
  | { kind: "object"; fields: ReadonlyMap<string, Normal> }
  /** An export of a component of the same file: `loki.write.default` and `receiver`. */
  | { kind: "reference"; component: string; field: string }
  /** Anything that has to be evaluated. */
  | { kind: "expression"; text: string };

export interface NormalAttribute {
  name: string;
  value: Normal;
  span: Span;
}

export interface NormalBlock {
  /** `stage.drop`, `rule`, `endpoint`. */
  name: string;
  attributes: ReadonlyMap<string, NormalAttribute>;
  blocks: readonly NormalBlock[];
  span: Span;
}

export interface Component extends NormalBlock {
  /** `loki.process.journal` */
  id: string;
  label: string | undefined;
}

/** The components of a parsed file, without what says only what holds anyway. */
export function components(file: File): Component[] {
  const index = new LineIndex(file.name, file.text);
  const blocks = file.body.filter((statement) => statement.kind === "block");
  const ids = new Set(blocks.map(idOf));
  const normalizer = new Normalizer(index, ids);
  return blocks.map((block) => ({
    ...normalizer.block(block),
    id: idOf(block),
    label: block.label?.value,
  }));
}

function idOf(block: Block): string {
  return [
    ...block.name.map(({ name }) => name),
    ...(block.label === undefined ? [] : [block.label.value]),
  ].join(".");
}

class Normalizer {
  readonly #index: LineIndex;
  readonly #ids: ReadonlySet<string>;

  constructor(index: LineIndex, ids: ReadonlySet<string>) {
    this.#index = index;
    this.#ids = ids;
  }

  block(block: Block): NormalBlock {
    const name = block.name.map((part) => part.name).join(".");
    const defaults = defaultsOf(name);
    const attributes = new Map<string, NormalAttribute>();
    for (const attribute of block.body.filter(isAttribute)) {
      const normal = this.#attribute(attribute, name);
      const unset = defaults.get(normal.name);
      if (unset === undefined || keyOf(unset) !== keyOf(normal.value)) attributes.set(normal.name, normal);
    }
    const blocks = block.body
      .filter((statement) => statement.kind === "block")
      .map((inner) => this.block(inner))
      .filter((inner) => isEssential(inner.name) || inner.attributes.size > 0 || inner.blocks.length > 0);
    const head = block.name[0];
    return { name, attributes, blocks, span: this.#index.span(head?.start ?? block.start, block.open) };
  }

  #attribute({ name: { name }, value, start, end }: Attribute, block: string): NormalAttribute {
    const normal = withNames(block, quantity(name, this.#value(value)));
    return { name, value: normal, span: this.#index.span(start, end) };
  }

  #value(expression: Expression): Normal {
    switch (expression.kind) {
      case "literal":
        return { kind: "literal", value: expression.value };
      case "array":
        return { kind: "list", items: expression.elements.map((element) => this.#value(element)) };
      case "object": {
        const fields = expression.fields.map(({ name, value }) => [name.name, this.#value(value)] as const);
        return { kind: "object", fields: new Map(fields.sort(([left], [right]) => (left < right ? -1 : 1))) };
      }
      case "paren":
        return this.#value(expression.inner);
      case "access":
      case "identifier-expression":
        return this.#reference(expression);
      case "call":
      case "index":
      case "unary":
      case "binary":
        return { kind: "expression", text: this.#source(expression) };
    }
  }

  #reference(expression: Expression): Normal {
    const text = this.#source(expression);
    const parts = text.split(".");
    for (let length = parts.length - 1; length > 0; length -= 1) {
      const component = parts.slice(0, length).join(".");
      if (this.#ids.has(component))
        return { kind: "reference", component, field: parts.slice(length).join(".") };
    }
    return { kind: "expression", text };
  }

  /** The expression on one line, with the blanks of its canonical form. */
  #source(expression: Expression): string {
    switch (expression.kind) {
      case "identifier-expression":
        return expression.name;
      case "access":
        return `${this.#source(expression.value)}.${expression.name.name}`;
      case "call":
        return `${this.#source(expression.callee)}(${expression.args.map((arg) => this.#source(arg)).join(", ")})`;
      case "index":
        return `${this.#source(expression.value)}[${this.#source(expression.index)}]`;
      case "unary":
        return `${expression.operator}${this.#source(expression.value)}`;
      case "binary":
        return `${this.#source(expression.left)} ${expression.operator} ${this.#source(expression.right)}`;
      case "paren":
        return `(${this.#source(expression.inner)})`;
      case "literal":
      case "array":
      case "object":
        return show(this.#value(expression));
    }
  }
}

function isAttribute(statement: Statement): statement is Attribute {
  return statement.kind === "attribute";
}

/** Blocks that mean something although they are empty. */
function isEssential(name: string): boolean {
  return name === "rule" || name === "endpoint" || name.startsWith("stage.") || name.startsWith("metric.");
}

/** Stages in which an entry without a value means the one of the same name. */
const SAME_NAME: ReadonlySet<string> = new Set([
  "stage.json",
  "stage.labels",
  "stage.logfmt",
  "stage.structured_metadata",
]);

/** Writes out what null and the empty text stand for in the map of a stage. */
function withNames(block: string, value: Normal): Normal {
  if (value.kind !== "object" || !(SAME_NAME.has(block) || block === "stage.static_labels")) return value;
  const fields = [...value.fields].map(([name, field]): [string, Normal] => {
    const empty = field.kind === "literal" && (field.value === null || field.value === "");
    return [name, empty ? { kind: "literal", value: SAME_NAME.has(block) ? name : "" } : field];
  });
  return { kind: "object", fields: new Map(fields) };
}

/** A text that stands for an amount of time or bytes, as that amount. */
function quantity(name: string, value: Normal): Normal {
  if (value.kind !== "literal" || typeof value.value !== "string") return value;
  const kind = DURATIONS.has(name) ? "duration" : SIZES.has(name) ? "size" : undefined;
  if (kind === undefined) return value;
  const amount = kind === "duration" ? parseDuration(value.value) : parseAlloySize(value.value);
  return amount === undefined ? value : { kind, amount };
}

/** A size of Alloy in bytes: "976KiB576B". KB and KiB are the same. */
function parseAlloySize(text: string): bigint | undefined {
  if (!/^(?:\d+(?:[KMGTPE]i?)?B)+$/.test(text)) return undefined;
  let total = 0n;
  for (const [, count = "0", prefix = ""] of text.matchAll(/(\d+)([KMGTPE]?)i?B/g)) {
    total += BigInt(count) * 1024n ** BigInt(" KMGTPE".indexOf(prefix || " "));
  }
  return total;
}

const DEFAULT_VALUES = new Map<string, ReadonlyMap<string, Normal>>();

function defaultsOf(block: string): ReadonlyMap<string, Normal> {
  let made = DEFAULT_VALUES.get(block);
  if (made === undefined) {
    const defaults = Object.entries(DEFAULTS[block] ?? {});
    made = new Map(defaults.map(([name, value]) => [name, quantity(name, plain(value))]));
    DEFAULT_VALUES.set(block, made);
  }
  return made;
}

function plain(value: string | number | boolean | null | object): Normal {
  if (Array.isArray(value)) return { kind: "list", items: [] };
  if (typeof value === "object" && value !== null) return { kind: "object", fields: new Map() };
  return { kind: "literal", value };
}

/** A text that two values share exactly when they are equal, leaving aside which component they refer to. */
export function keyOf(value: Normal): string {
  switch (value.kind) {
    case "reference":
      return `-> ${value.field}`;
    case "list":
      return `[${value.items.map(keyOf).join(",")}]`;
    case "object":
      return `{${[...value.fields].map(([name, field]) => `${JSON.stringify(name)}:${keyOf(field)}`).join(",")}}`;
    case "literal":
    case "duration":
    case "size":
    case "expression":
      return show(value);
  }
}

/** A value as it could stand in a file, on one line. */
export function show(value: Normal): string {
  switch (value.kind) {
    case "literal":
      return JSON.stringify(value.value);
    case "duration":
      return JSON.stringify(formatDuration(value.amount));
    case "size":
      return JSON.stringify(formatSize(value.amount));
    case "list":
      return `[${value.items.map(show).join(", ")}]`;
    case "object":
      return `{${[...value.fields].map(([name, field]) => ` ${name} = ${show(field)}`).join(",")} }`;
    case "reference":
      return `${value.component}.${value.field}`;
    case "expression":
      return value.text;
  }
}

/** A block on one line. */
export function showBlock(block: NormalBlock): string {
  const body = [
    ...[...block.attributes.values()].map(({ name, value }) => `${name} = ${show(value)}`),
    ...block.blocks.map(showBlock),
  ];
  return `${block.name} { ${body.join("; ")} }`;
}

/** Like `keyOf`, for a block with all that is in it. */
export function blockKey(block: NormalBlock): string {
  const attributes = [...block.attributes.values()]
    .map(({ name, value }) => `${name}=${keyOf(value)}`)
    .sort();
  return `${block.name}{${attributes.join(";")};${block.blocks.map(blockKey).join(";")}}`;
}

import { isIdentifier } from "./identifier.ts";
import { format } from "./format.ts";
import { quote } from "./string-literal.ts";

/** An expression given as Alloy source, such as a reference or a call. */
export interface Raw {
  readonly kind: "raw";
  readonly source: string;
}

/** An object whose keys keep their order. */
export interface ObjectValue {
  readonly kind: "object";
  readonly entries: readonly (readonly [key: string, value: Value])[];
}

export type Value =
  | string
  | number
  | bigint
  | boolean
  | null
  | readonly Value[]
  | ReadonlyMap<string, Value>
  | ObjectValue
  | Raw;

export type Item =
  | { readonly kind: "attribute"; readonly name: string; readonly value: Value }
  | {
      readonly kind: "block";
      readonly name: string;
      readonly label: string | undefined;
      readonly body: readonly Item[];
    }
  | { readonly kind: "comment"; readonly text: string }
  | { readonly kind: "blank" };

/** `name = value`. */
export function attribute(name: string, value: Value): Item {
  return { kind: "attribute", name, value };
}

/** `name "label" { body }`; a dotted name is given as one string. */
export function block(name: string, label: string | undefined, body: readonly Item[]): Item {
  return { kind: "block", name, label, body };
}

/** A line comment, `text` without its markers; each line of it becomes one. */
export function comment(text: string): Item {
  return { kind: "comment", text };
}

/** An empty line. One between blocks is there without asking. */
export function blank(): Item {
  return { kind: "blank" };
}

/** An expression as it is written in Alloy: a reference such as `loki.write.default.receiver`. */
export function raw(source: string): Raw {
  return { kind: "raw", source };
}

/** A call of a function of the standard library: `call("sys.env", "HOME")`. */
export function call(callee: string, ...args: readonly Value[]): Raw {
  return raw(`${callee}(${args.map(source).join(", ")})`);
}

/** A call with each argument on a line of its own. */
export function callOnLines(callee: string, ...args: readonly Value[]): Raw {
  return raw(`${callee}(\n${args.map((arg) => `${source(arg)},\n`).join("")})`);
}

/** An object with its keys in the order given. */
export function object(entries: Iterable<readonly [key: string, value: Value]>): ObjectValue {
  return { kind: "object", entries: [...entries] };
}

/**
 * The expression that stands for a value: objects over several lines, arrays on one.
 *
 * @throws RangeError for a number that Alloy has no literal for (NaN, infinite).
 */
function source(value: Value): string {
  if (value === null) return "null";
  if (typeof value === "string") return quote(value);
  if (typeof value === "number") return numberSource(value);
  if (typeof value !== "object") return String(value);
  if (Array.isArray(value)) return `[${(value as readonly Value[]).map(source).join(", ")}]`;
  if (value instanceof Map) return objectSource([...(value as ReadonlyMap<string, Value>)]);
  const made = value as ObjectValue | Raw;
  return made.kind === "raw" ? made.source : objectSource(made.entries);
}

function objectSource(entries: ObjectValue["entries"]): string {
  const fields = entries.map(
    ([key, value]) => `${isIdentifier(key) ? key : quote(key)} = ${source(value)},\n`,
  );
  return `{\n${fields.join("")}}`;
}

/** Decimal digits without an exponent, the shortest that mean the number, as Go's 'f' format has them. */
function numberSource(value: number): string {
  if (!Number.isFinite(value)) throw new RangeError(`Alloy has no literal for ${value}`);
  const shortest = String(value);
  const [digits = "", exponent] = shortest.split("e");
  if (exponent === undefined) return shortest;
  const sign = digits.startsWith("-") ? "-" : "";
  const [whole = "", fraction = ""] = digits.replace("-", "").split(".");
  const point = whole.length + Number(exponent);
  const all = whole + fraction;
  if (point <= 0) return `${sign}0.${"0".repeat(-point)}${all}`;
  return `${sign}${all.padEnd(point, "0")}`;
}

/**
 * The statements as Alloy source text in its canonical form, ending with a line break; empty for no items.
 *
 * @throws RangeError when a name, label or raw expression among `items` is no Alloy.
 */
export function render(items: readonly Item[]): string {
  if (items.length === 0) return "";
  const { text, diagnostics } = format("generated", statements(items));
  if (text === undefined)
    throw new RangeError(`not an Alloy configuration: ${diagnostics[0]?.message ?? ""}`);
  return text;
}

function statements(items: readonly Item[]): string {
  let text = "";
  for (const [index, item] of items.entries()) {
    const leadsBlock =
      item.kind === "comment" &&
      items[index - 1]?.kind !== "comment" &&
      nextStatement(items, index) === "block";
    if (leadsBlock && index > 0) text += "\n";
    text += statement(item);
  }
  return text;
}

/** The kind of the first item after `index` that is no comment. */
function nextStatement(items: readonly Item[], index: number): Item["kind"] | undefined {
  return items.slice(index + 1).find((item) => item.kind !== "comment")?.kind;
}

function statement(item: Item): string {
  switch (item.kind) {
    case "attribute":
      return `${item.name} = ${source(item.value)}\n`;
    case "block": {
      const label = item.label === undefined ? "" : ` ${quote(item.label)}`;
      return item.body.length === 0
        ? `${item.name}${label} { }\n`
        : `${item.name}${label} {\n${statements(item.body)}}\n`;
    }
    case "comment":
      return `${item.text.replace(/^/gm, "// ").replace(/ +$/gm, "")}\n`;
    case "blank":
      return "\n";
  }
}

import type { Expression } from "../ast.ts";
import type { StringType, ValueType } from "../catalogue/index.ts";
import { constantText, type Context, type Located } from "./context.ts";
import type { BlockCheck } from "./block-check.ts";

/** Checks an expression against the type that is wanted, as far as its value is known without running. */
export function checkValue(block: BlockCheck, expression: Expression, wanted: ValueType): void {
  switch (expression.kind) {
    case "paren":
      checkValue(block, expression.inner, wanted);
      return;
    case "literal":
    case "unary":
    case "binary":
      checkScalar(block, expression, wanted);
      return;
    case "array":
      if (wanted.kind === "list")
        for (const element of expression.elements) checkValue(block, element, wanted.of);
      else if (wanted.kind !== "any") wrongType(block, expression, wanted, "an array");
      return;
    case "object":
      if (wanted.kind === "map")
        for (const field of expression.fields) checkValue(block, field.value, wanted.of);
      else if (wanted.kind !== "any" && wanted.kind !== "target")
        wrongType(block, expression, wanted, "an object");
      return;
    case "identifier-expression":
    case "access":
    case "index": {
      const actual = block.typeOf(expression);
      if (actual !== undefined && !fits(actual, wanted)) refuseReference(block, expression, wanted, actual);
      return;
    }
    case "call":
      return;
  }
}

function checkScalar(block: BlockCheck, expression: Expression, wanted: ValueType): void {
  const actual = scalarType(expression);
  if (actual === undefined || actual === "null" || wanted.kind === "any") return;
  const text = constantText(expression);
  switch (wanted.kind) {
    case "string":
      if (actual === "bool") wrongType(block, expression, wanted, "a bool");
      else if (text !== undefined) checkText(block, expression, text, wanted);
      return;
    case "secret":
      if (actual === "bool") wrongType(block, expression, wanted, "a bool");
      return;
    case "number":
      if (
        actual === "bool" ||
        (actual === "string" && !/^[+-]?(\d+|\d*\.\d+|\d+\.\d*)([eE][+-]?\d+)?$/.test(text ?? ""))
      ) {
        wrongType(block, expression, wanted, `a ${actual}`);
      }
      return;
    case "bool":
      if (actual !== "bool") wrongType(block, expression, wanted, `a ${actual}`);
      return;
    case "capsule":
      if (wanted.name !== "secret" || actual !== "string")
        wrongType(block, expression, wanted, `a ${actual}`);
      return;
    case "list":
    case "map":
    case "target":
      wrongType(block, expression, wanted, `a ${actual}`);
  }
}

/** Checks a text against the format, the choice of values and the emptiness that its type asks for. */
export function checkText(block: BlockCheck, at: Located, text: string, type: StringType): void {
  const wrong = textError(block.context, text, type);
  if (wrong === undefined) return;
  block.error("alloy/wrong-value", at, wrong, type.values === undefined ? undefined : listOf(type.values));
  if (type.checkedBy !== "validate") block.refusedAtRun();
}

function textError(context: Context, text: string, type: StringType): string | undefined {
  if (type.notEmpty === true && text === "") return "the text must not be empty";
  if (type.values !== undefined && !type.values.includes(text))
    return `"${text}" is none of the values allowed here`;
  return type.format === undefined ? undefined : context.formatError(type.format, text);
}

function listOf(values: readonly string[]): string {
  return `write one of ${values
    .filter((value) => value !== "")
    .map((value) => `"${value}"`)
    .join(", ")}`;
}

function scalarType(expression: Expression): "string" | "number" | "bool" | "null" | undefined {
  switch (expression.kind) {
    case "literal":
      return expression.type === "float" ? "number" : expression.type;
    case "paren":
      return scalarType(expression.inner);
    case "unary":
      return scalarType(expression.value) === undefined
        ? undefined
        : expression.operator === "!"
          ? "bool"
          : "number";
    case "binary":
      return constantText(expression) === undefined ? undefined : "string";
    default:
      return undefined;
  }
}

/** Whether a value that a component exports can be given where `wanted` is asked for. */
function fits(actual: ValueType, wanted: ValueType): boolean {
  if (wanted.kind === "any" || actual.kind === "any") return true;
  switch (actual.kind) {
    case "list":
      return wanted.kind === "list" && fits(actual.of, wanted.of);
    case "map":
      return wanted.kind === "target" || (wanted.kind === "map" && fits(actual.of, wanted.of));
    case "target":
      return wanted.kind === "target" || wanted.kind === "map";
    case "capsule":
      // A secret that came from a file or an object may be no secret, and is then a text.
      if (actual.name === "secret")
        return wanted.kind === "secret" || wanted.kind === "string" || wanted.kind === "capsule";
      return wanted.kind === "capsule" && wanted.name === actual.name;
    case "secret":
      return wanted.kind === "secret" || (wanted.kind === "capsule" && wanted.name === "secret");
    case "string":
      return wanted.kind !== "list" && wanted.kind !== "map" && wanted.kind !== "capsule";
    case "bool":
      return wanted.kind === "bool";
    case "number":
      return wanted.kind === "number" || wanted.kind === "string";
  }
}

function refuseReference(block: BlockCheck, at: Expression, wanted: ValueType, actual: ValueType): void {
  const hint =
    actual.kind === "secret" && wanted.kind === "string"
      ? "convert.nonsensitive(...) makes a text of a secret; it will be shown wherever the text is"
      : undefined;
  const list = wanted.kind === "list" && fits(actual, wanted.of) ? "put it in brackets: [ ... ]" : undefined;
  block.error("alloy/wrong-type", at, `expected ${nameOf(wanted)}, got ${nameOf(actual)}`, hint ?? list);
  block.refusedAtRun();
}

function wrongType(block: BlockCheck, at: Located, wanted: ValueType, actual: string): void {
  block.error("alloy/wrong-type", at, `expected ${nameOf(wanted)}, got ${actual}`);
}

function nameOf(type: ValueType): string {
  switch (type.kind) {
    case "list":
      return `an array of ${pluralOf(type.of)}`;
    case "map":
      return `an object of ${pluralOf(type.of)}`;
    case "target":
      return "a target (an object of strings)";
    case "capsule":
      return type.name === "secret" ? "a text or secret" : `a ${type.name}`;
    case "any":
      return "any value";
    default:
      return `a ${type.kind}`;
  }
}

function pluralOf(type: ValueType): string {
  return `${nameOf(type).replace(/^an? /, "")} values`;
}

import type { BinaryExpression, Expression } from "../../alloy/index.ts";
import { equal, isList, isObject, typeName, type Value } from "./value.ts";

/** An expression that has no value; `node` is the part at fault, when the thrower knows it. */
export class EvaluationError extends Error {
  readonly node: Expression | undefined;

  constructor(message: string, node?: Expression) {
    super(message);
    this.node = node;
  }
}

/** What names mean outside the expression itself. */
export interface Scope {
  /** The value of a top-level name: a function or a namespace of functions and constants. */
  name(name: string): Value | undefined;
  /**
   * What a component exports, for a path such as ["loki", "process", "main", "receiver"]; undefined when the path
   * names no component. `used` is how many parts of the path the value stands for.
   */
  component(path: readonly string[]): { value: Value; used: number } | undefined;
}

/**
 * The value of an expression, evaluated as Alloy does.
 *
 * @throws EvaluationError when a name is unknown, types do not fit, or a function refuses its arguments.
 */
export function evaluate(node: Expression, scope: Scope): Value {
  switch (node.kind) {
    case "literal":
      return node.value;
    case "paren":
      return evaluate(node.inner, scope);
    case "array":
      return node.elements.map((element) => evaluate(element, scope));
    case "object":
      return new Map(node.fields.map((field) => [field.name.name, evaluate(field.value, scope)]));
    case "identifier-expression":
    case "access":
      return evaluatePath(node, scope);
    case "index":
      return evaluateIndex(evaluate(node.value, scope), evaluate(node.index, scope), node);
    case "call": {
      const callee = evaluate(node.callee, scope);
      if (typeof callee !== "function")
        throw new EvaluationError(`${typeName(callee)} cannot be called`, node.callee);
      const args = node.args.map((arg) => evaluate(arg, scope));
      return located(node, () => callee(...args));
    }
    case "unary": {
      const value = evaluate(node.value, scope);
      if (node.operator === "!" && typeof value === "boolean") return !value;
      if (node.operator === "-" && typeof value === "number") return -value;
      throw new EvaluationError(`${node.operator} does not apply to ${typeName(value)}`, node);
    }
    case "binary":
      return evaluateBinary(node, scope);
  }
}

/** Names and dotted paths: component exports first, then functions, then fields of any value. */
function evaluatePath(node: Expression, scope: Scope): Value {
  const path = dottedPath(node);
  if (path !== undefined) {
    const found = scope.component(path);
    if (found !== undefined)
      return found.value === null ? null : fields(found.value, path.slice(found.used), node);
    const [first = "", ...rest] = path;
    const named = scope.name(first);
    if (named === undefined) throw new EvaluationError(`${path.join(".")} does not exist`, node);
    return fields(named, rest, node);
  }
  if (node.kind !== "access") throw new EvaluationError("unknown name", node);
  return fields(evaluate(node.value, scope), [node.name.name], node);
}

function dottedPath(node: Expression): string[] | undefined {
  if (node.kind === "identifier-expression") return [node.name];
  if (node.kind !== "access") return undefined;
  const parent = dottedPath(node.value);
  return parent && [...parent, node.name.name];
}

function fields(value: Value, names: readonly string[], node: Expression): Value {
  let current = value;
  for (const name of names) {
    if (!isObject(current)) throw new EvaluationError(`${typeName(current)} has no field ${name}`, node);
    const next = current.get(name);
    if (next === undefined) throw new EvaluationError(`there is no field ${name}`, node);
    current = next;
  }
  return current;
}

function evaluateIndex(value: Value, index: Value, node: Expression): Value {
  if (isList(value) && typeof index === "number") {
    const item = value[index];
    if (item === undefined) throw new EvaluationError(`index ${index} is out of range`, node);
    return item;
  }
  if (isObject(value) && typeof index === "string") return value.get(index) ?? null;
  throw new EvaluationError(`${typeName(value)} cannot be indexed by ${typeName(index)}`, node);
}

function evaluateBinary(node: BinaryExpression, scope: Scope): Value {
  const left = evaluate(node.left, scope);
  if (typeof left === "boolean" && (node.operator === "&&" || node.operator === "||")) {
    if (left === (node.operator === "||")) return left;
    const right = evaluate(node.right, scope);
    if (typeof right === "boolean") return right;
    throw new EvaluationError(`${node.operator} needs two bools`, node);
  }
  const right = evaluate(node.right, scope);
  if (node.operator === "==") return equal(left, right);
  if (node.operator === "!=") return !equal(left, right);
  if (typeof left === "number" && typeof right === "number") return arithmetic(node, left, right);
  if (typeof left === "string" && typeof right === "string") {
    if (node.operator === "+") return left + right;
    const order = left < right ? -1 : Number(left > right);
    const compared = compare(node.operator, order);
    if (compared !== undefined) return compared;
  }
  throw new EvaluationError(
    `${node.operator} does not apply to ${typeName(left)} and ${typeName(right)}`,
    node,
  );
}

function arithmetic(node: BinaryExpression, left: number, right: number): Value {
  switch (node.operator) {
    case "+":
      return left + right;
    case "-":
      return left - right;
    case "*":
      return left * right;
    case "/":
      return left / right;
    case "%":
      return left % right;
    case "^":
      return left ** right;
    default: {
      const compared = compare(node.operator, left - right);
      if (compared !== undefined) return compared;
      throw new EvaluationError(`${node.operator} does not apply to numbers`, node);
    }
  }
}

function compare(operator: BinaryExpression["operator"], order: number): boolean | undefined {
  switch (operator) {
    case "<":
      return order < 0;
    case "<=":
      return order <= 0;
    case ">":
      return order > 0;
    case ">=":
      return order >= 0;
    default:
      return undefined;
  }
}

/** Runs `work`, giving an error that knows no place the place of `node`. */
function located<T>(node: Expression, work: () => T): T {
  try {
    return work();
  } catch (caught) {
    if (caught instanceof EvaluationError && caught.node === undefined)
      throw new EvaluationError(caught.message, node);
    throw caught;
  }
}

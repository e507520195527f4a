/** What an Alloy expression evaluates to. Objects are maps, so that no key can clash with JavaScript's own. */
export type Value =
  null | boolean | number | string | readonly Value[] | ObjectValue | Capsule | FunctionValue;

export type ObjectValue = ReadonlyMap<string, Value>;

/** A built-in function; throws EvaluationError when its arguments are wrong. */
export type FunctionValue = (...args: readonly Value[]) => Value;

/** A value that Alloy code can hand on but not look into: a component's receiver or its relabelling rules. */
export class Capsule {
  readonly component: string;
  readonly kind: "receiver" | "rules" | "opaque";

  constructor(component: string, kind: "receiver" | "rules" | "opaque") {
    this.component = component;
    this.kind = kind;
  }
}

/** True for an Alloy object. */
export function isObject(value: Value): value is ObjectValue {
  return value instanceof Map;
}

/** True for an Alloy list. */
export function isList(value: Value): value is readonly Value[] {
  return Array.isArray(value);
}

/** The name of a value's type as Alloy's messages have it. */
export function typeName(value: Value): string {
  if (value === null) return "null";
  if (typeof value === "boolean") return "bool";
  if (typeof value === "function") return "function";
  if (value instanceof Capsule) return "capsule";
  if (isList(value)) return "array";
  return isObject(value) ? "object" : typeof value;
}

/** A value as JSON data; capsules and functions have none. */
export function toJson(value: Value): unknown {
  if (isList(value)) return value.map(toJson);
  if (isObject(value)) return Object.fromEntries([...value].map(([name, item]) => [name, toJson(item)]));
  return value instanceof Capsule || typeof value === "function" ? null : value;
}

/** JSON or YAML data as a value. */
export function fromJson(data: unknown): Value {
  if (Array.isArray(data)) return data.map(fromJson);
  if (typeof data === "object" && data !== null) {
    return new Map(Object.entries(data).map(([name, item]) => [name, fromJson(item)]));
  }
  return typeof data === "string" || typeof data === "number" || typeof data === "boolean" ? data : null;
}

/** Deep equality, as Alloy's `==`. */
export function equal(left: Value, right: Value): boolean {
  if (isList(left) && isList(right)) {
    return left.length === right.length && left.every((item, index) => equal(item, right[index] ?? null));
  }
  if (isObject(left) && isObject(right)) {
    return (
      left.size === right.size && [...left].every(([name, item]) => equal(item, right.get(name) ?? null))
    );
  }
  return left === right;
}

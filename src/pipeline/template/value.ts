import { byteLength } from "../bytes.ts";
import { GoTime } from "../time/go-time.ts";

/**
 * A value of a Go template. Go's types are told apart: `int` is a bigint, `float64` a number, `int64` and
 * `time.Duration` have classes of their own, since a template may not pass one where another is declared.
 * `undefined` is nil and also the value of a missing key.
 */
export type GoValue =
  undefined | string | boolean | bigint | number | Int64 | Duration | GoTime | readonly GoValue[] | GoMap;

/** A map with string keys. */
export interface GoMap {
  get(key: string): GoValue;
  has(key: string): boolean;
  keys(): Iterable<string>;
}

export class Int64 {
  readonly value: bigint;

  constructor(value: bigint) {
    this.value = BigInt.asIntN(64, value);
  }
}

/** A time.Duration, in nanoseconds. */
export class Duration {
  readonly value: bigint;

  constructor(value: bigint) {
    this.value = BigInt.asIntN(64, value);
  }
}

/** A template that cannot be parsed, or fails on a value; the stage then leaves the entry as it is. */
export class TemplateError extends Error {}

/** A template that calls a function that there is not. */
export class UnknownFunctionError extends TemplateError {
  readonly function: string;

  constructor(name: string) {
    super(`function ${JSON.stringify(name)} not defined`);
    this.function = name;
  }
}

export function isList(value: GoValue): value is readonly GoValue[] {
  return Array.isArray(value);
}

export function isMap(value: GoValue): value is GoMap {
  return (
    typeof value === "object" &&
    !isList(value) &&
    !(value instanceof Int64) &&
    !(value instanceof Duration) &&
    !(value instanceof GoTime)
  );
}

/** Any of Go's integers, as a bigint. */
export function integerOf(value: GoValue): bigint | undefined {
  if (typeof value === "bigint") return value;
  return value instanceof Int64 || value instanceof Duration ? value.value : undefined;
}

/** The values of a map in the order of its keys. */
export function sortedEntries(map: GoMap): [key: string, value: GoValue][] {
  return [...map.keys()].sort().map((key) => [key, map.get(key)]);
}

/** The number of elements, or bytes of a string; undefined for what has no length. */
export function lengthOf(value: GoValue): number | undefined {
  if (typeof value === "string") return byteLength(value);
  if (isList(value)) return value.length;
  return isMap(value) ? [...value.keys()].length : undefined;
}

/** text/template's truth: anything but the zero value of its type; a time is always true. */
export function isTrue(value: GoValue): boolean {
  if (value === undefined) return false;
  if (typeof value === "boolean") return value;
  if (typeof value === "string") return value !== "";
  if (typeof value === "number") return value !== 0;
  const integer = integerOf(value);
  if (integer !== undefined) return integer !== 0n;
  return value instanceof GoTime || lengthOf(value) !== 0;
}

/** The name of a value's Go type, for %T and messages. */
export function typeName(value: GoValue): string {
  switch (typeof value) {
    case "undefined":
      return "<nil>";
    case "string":
      return "string";
    case "boolean":
      return "bool";
    case "bigint":
      return "int";
    case "number":
      return "float64";
    default:
      if (value instanceof Int64) return "int64";
      if (value instanceof Duration) return "time.Duration";
      if (value instanceof GoTime) return "time.Time";
      if (!isList(value)) return "map[string]interface {}";
      return value.length > 0 && value.every((item) => typeof item === "string")
        ? "[]string"
        : "[]interface {}";
  }
}

/** reflect's kind of a value's type. */
export function kindName(value: GoValue): string {
  if (value instanceof Duration) return "int64";
  if (value instanceof GoTime) return "struct";
  if (value === undefined) return "invalid";
  if (isList(value)) return "slice";
  return isMap(value) ? "map" : typeName(value);
}

import type { Dialect } from "../../dialect.ts";
import { Duration, Int64, integerOf, isList, TemplateError, type GoValue } from "../value.ts";
import { sprint } from "../format.ts";

const MAX_INT64 = 2n ** 63n - 1n;

/** Reads an integer out of any value. */
export type ToInteger = (value: GoValue) => bigint;

/**
 * spf13/cast's ToInt64 as sprig uses it: what cannot be read is 0. A decimal fraction in a text is cut off by the
 * release that Alloy has; that of Promtail cuts off zeros only.
 */
export function integersOf(dialect: Dialect): ToInteger {
  const fraction = dialect === "alloy" ? /^([+-]?\d*)\.\d*$/ : /^([+-]?\d*)\.0*$/;
  return (value) => {
    const integer = integerOf(value);
    if (integer !== undefined) return integer;
    if (typeof value === "number")
      return Number.isFinite(value) ? BigInt.asIntN(64, BigInt(Math.trunc(value))) : 0n;
    if (typeof value === "boolean") return value ? 1n : 0n;
    return typeof value === "string" ? integerFromText(value, fraction) : 0n;
  };
}

/** Go's literals of any base (010 is eight), without the decimals that `fraction` finds. */
function integerFromText(text: string, fraction: RegExp): bigint {
  const decimal = fraction.exec(text);
  const whole = decimal === null ? text : (decimal[1] ?? "").replace(/^[+-]?$/, "0");
  const match = /^([+-]?)(0[xX][0-9a-fA-F_]+|0[bB][01_]+|0[oO]?[0-7_]+|0|[1-9][0-9_]*)$/.exec(whole);
  if (match === null || /__|_$/.test(whole)) return 0n;
  const [, sign, digits = "0"] = match;
  const size = BigInt(digits.replaceAll("_", "").replace(/^0[oO]?(?=[0-7])/, "0o"));
  if (size > MAX_INT64) return 0n;
  return sign === "-" ? -size : size;
}

/** spf13/cast's ToFloat64: what cannot be read is 0. */
export function toFloat(value: GoValue): number {
  if (typeof value === "number") return value;
  const integer = integerOf(value);
  if (integer !== undefined) return Number(integer);
  if (typeof value === "boolean") return value ? 1 : 0;
  return typeof value === "string" && /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(value)
    ? Number(value)
    : 0;
}

/** sprig's strval. */
export function toText(value: GoValue): string {
  return sprint(value);
}

/** sprig's strslice: a list of texts, nil elements left out; a single value becomes a list of one. */
export function toTexts(value: GoValue): string[] {
  if (value === undefined) return [];
  return isList(value) ? value.filter((item) => item !== undefined).map(toText) : [toText(value)];
}

/** A list argument that sprig takes by reflection. */
export function asList(value: GoValue, name: string): readonly GoValue[] {
  if (isList(value)) return value;
  throw new TemplateError(`error calling ${name}: cannot use ${sprint(value)} as a list`);
}

/** Equality as reflect.DeepEqual sees it: values of different types are never equal. */
export function deepEqual(left: GoValue, right: GoValue): boolean {
  if (left instanceof Int64 && right instanceof Int64) return left.value === right.value;
  if (left instanceof Duration && right instanceof Duration) return left.value === right.value;
  if (isList(left) && isList(right)) {
    return left.length === right.length && left.every((item, index) => deepEqual(item, right[index]));
  }
  if (left instanceof Map && right instanceof Map) {
    const ours = left as Map<string, GoValue>;
    return (
      left.size === right.size && [...ours].every(([key, item]) => deepEqual(item, right.get(key) as GoValue))
    );
  }
  return left === right;
}

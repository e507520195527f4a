import { GoTime } from "../time/go-time.ts";
import { Duration, Int64, isList, isMap, TemplateError, typeName, type GoValue } from "./value.ts";

/**
 * The Go type of a parameter. `any` takes everything, nil too. A trailing `...` makes the last one variadic.
 */
export type Parameter = "any" | "string" | "int" | "int64" | "float64" | "bool" | "list" | "map" | "time";

/** A function that templates can call. It throws TemplateError to fail. */
export interface GoFunction {
  parameters: readonly Parameter[];
  variadic: boolean;
  /** How many leading parameters there must be. */
  required: number;
  call: (...args: GoValue[]) => GoValue;
}

/** Go values behind each parameter type, so that a function's body gets what its declaration says. */
interface Types {
  any: GoValue;
  string: string;
  int: bigint;
  int64: Int64;
  float64: number;
  bool: boolean;
  list: readonly GoValue[];
  map: ReadonlyMap<string, GoValue>;
  time: GoTime;
}

type Arguments<P extends readonly Parameter[]> = { [K in keyof P]: Types[P[K]] };

/** Declares a function; arguments reach `call` checked against `parameters`. */
export function fn<const P extends readonly Parameter[]>(
  parameters: P,
  call: (...args: Arguments<P>) => GoValue,
): GoFunction {
  return {
    parameters,
    variadic: false,
    required: parameters.length,
    call: call as unknown as GoFunction["call"],
  };
}

/** Declares a function with any number of `rest` arguments after `parameters`. */
export function variadic<const P extends readonly Parameter[], R extends Parameter>(
  parameters: P,
  rest: R,
  call: (...args: [...Arguments<P>, ...Types[R][]]) => GoValue,
): GoFunction {
  return {
    parameters: [...parameters, rest],
    variadic: true,
    required: parameters.length,
    call: call as unknown as GoFunction["call"],
  };
}

/** The type of the parameter that argument number `index` fills. */
export function parameterAt(declared: GoFunction, index: number): Parameter {
  const last = declared.parameters.length - 1;
  return declared.parameters[declared.variadic ? Math.min(index, last) : index] ?? "any";
}

/**
 * Checks the number of arguments.
 *
 * @throws TemplateError as text/template does.
 */
export function checkCount(name: string, declared: GoFunction, count: number): void {
  const { required, variadic: open } = declared;
  if (count < required || (!open && count > required)) {
    throw new TemplateError(
      `wrong number of args for ${name}: want ${open ? "at least " : ""}${required} got ${count}`,
    );
  }
}

/** The argument if it is of the declared type; a type is never converted to another. */
export function checkArgument(value: GoValue, parameter: Parameter): GoValue {
  if (hasType(value, parameter)) return value;
  if (value === undefined) throw new TemplateError(`invalid value; expected ${parameter}`);
  throw new TemplateError(`wrong type for value; expected ${parameter}; got ${typeName(value)}`);
}

function hasType(value: GoValue, parameter: Parameter): boolean {
  switch (parameter) {
    case "any":
      return true;
    case "string":
      return typeof value === "string";
    case "bool":
      return typeof value === "boolean";
    case "int":
      return typeof value === "bigint";
    case "float64":
      return typeof value === "number";
    case "int64":
      return value instanceof Int64 || value instanceof Duration;
    case "list":
      return isList(value);
    case "map":
      return isMap(value);
    case "time":
      return value instanceof GoTime;
  }
}

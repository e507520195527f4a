import type { Functions } from "../execute.ts";
import { fn, variadic } from "../function.ts";
import { Int64, TemplateError, type GoValue } from "../value.ts";
import { toFloat, type ToInteger } from "./convert.ts";

/** sprig's arithmetic: integers are int64, what is no number counts as 0. */
export function numberFunctions(toInteger: ToInteger): Functions {
  const divisor = (value: GoValue): bigint => {
    const number = toInteger(value);
    if (number === 0n) throw new TemplateError("runtime error: integer divide by zero");
    return number;
  };
  const extreme = (values: readonly GoValue[], better: (left: bigint, right: bigint) => boolean): Int64 =>
    new Int64(values.map(toInteger).reduce((best, value) => (better(value, best) ? value : best)));
  return {
    atoi: fn(["string"], (text) => (/^[+-]?\d+$/.test(text) ? BigInt(text.replace(/^\+/, "")) : 0n)),
    int: fn(["any"], toInteger),
    int64: fn(["any"], (value) => new Int64(toInteger(value))),
    float64: fn(["any"], toFloat),
    toDecimal: fn(["any"], (value) => {
      const text = String(toInteger(value));
      return new Int64(/^-?[0-7]+$/.test(text) ? BigInt(Number.parseInt(text, 8)) : 0n);
    }),
    add1: fn(["any"], (value) => new Int64(toInteger(value) + 1n)),
    add: variadic(
      [],
      "any",
      (...values) => new Int64(values.reduce<bigint>((sum, value) => sum + toInteger(value), 0n)),
    ),
    sub: fn(["any", "any"], (left, right) => new Int64(toInteger(left) - toInteger(right))),
    mul: variadic(["any"], "any", (first, ...rest) => {
      return new Int64(rest.reduce<bigint>((product, value) => product * toInteger(value), toInteger(first)));
    }),
    div: fn(["any", "any"], (left, right) => new Int64(toInteger(left) / divisor(right))),
    mod: fn(["any", "any"], (left, right) => new Int64(toInteger(left) % divisor(right))),
    max: variadic(["any"], "any", (...values) => extreme(values, (left, right) => left > right)),
    biggest: variadic(["any"], "any", (...values) => extreme(values, (left, right) => left > right)),
    min: variadic(["any"], "any", (...values) => extreme(values, (left, right) => left < right)),
    maxf: variadic(["any"], "any", (...values) => Math.max(...values.map(toFloat))),
    minf: variadic(["any"], "any", (...values) => Math.min(...values.map(toFloat))),
    add1f: fn(["any"], (value) => decimal([value, 1], (left, right) => left + right)),
    addf: variadic([], "any", (...values) => decimal([0, ...values], (left, right) => left + right)),
    subf: variadic(["any"], "any", (...values) => decimal(values, (left, right) => left - right)),
    mulf: variadic(["any"], "any", (...values) => decimal(values, (left, right) => left * right)),
    divf: variadic(["any"], "any", (...values) => decimal(values, (left, right) => left / right)),
    ceil: fn(["any"], (value) => Math.ceil(toFloat(value))),
    floor: fn(["any"], (value) => Math.floor(toFloat(value))),
    round: variadic(["any", "int"], "float64", (value, places, roundOn = 0.5) => {
      const power = 10 ** Number(places);
      const digit = power * toFloat(value);
      return (digit - Math.trunc(digit) >= roundOn ? Math.ceil(digit) : Math.floor(digit)) / power;
    }),
    until: fn(["int"], (count) => steps(0n, count, count < 0n ? -1n : 1n)),
    untilStep: fn(["int", "int", "int"], steps),
    seq: variadic([], "int", (...numbers) => sequence(numbers)),
  };
}

/** sprig computes in decimals, so 0.1 + 0.2 is 0.3: fifteen digits are what a float64 is sure of. */
function decimal(values: readonly GoValue[], combine: (left: number, right: number) => number): number {
  return Number(values.map(toFloat).reduce(combine).toPrecision(15));
}

function steps(start: bigint, stop: bigint, step: bigint): bigint[] {
  const values: bigint[] = [];
  if (step === 0n || stop < start === step > 0n) return values;
  for (let value = start; step > 0n ? value < stop : value > stop; value += step) values.push(value);
  return values;
}

/** `seq end`, `seq start end`, `seq start step end`, as the shell's. */
function sequence(numbers: readonly bigint[]): string {
  if (numbers.length === 0 || numbers.length > 3) return "";
  const end = numbers.at(-1) ?? 0n;
  const start = numbers.length === 1 ? 1n : (numbers[0] ?? 1n);
  const towards = end < start ? -1n : 1n;
  const step = numbers.length === 3 ? (numbers[1] ?? towards) : towards;
  return towards < 0n && step > 0n ? "" : steps(start, end + towards, step).join(" ");
}

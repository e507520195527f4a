import { z } from "zod";
import { anyMapping, describe } from "./values.ts";
import { Scalar } from "./yaml.ts";

/**
 * Stages are decoded by another library than the rest of promtail.yaml, and by other rules: text must be text
 * (`level: 5` is refused) except in the stages that are decoded weakly.
 */
function typed<T>(expected: string, read: (value: Scalar["value"]) => T | undefined) {
  return z.unknown().transform((input, context): T => {
    const value = input instanceof Scalar ? read(input.value) : undefined;
    if (value !== undefined) return value;
    context.addIssue({ code: "custom", message: `expected ${expected}, found ${describe(input)}` });
    return z.NEVER;
  });
}

export const string = typed("text (numbers need quotes)", (value) =>
  typeof value === "string" ? value : undefined,
);
export const boolean = typed("true or false", (value) => (typeof value === "boolean" ? value : undefined));
export const whole = typed("a whole number", (value) =>
  typeof value === "bigint" ? value : typeof value === "number" ? BigInt(Math.trunc(value)) : undefined,
);
export const decimal = typed("a number", (value) =>
  typeof value === "bigint" || typeof value === "number" ? Number(value) : undefined,
);

export const weakString = typed("text", (value) =>
  typeof value === "boolean" ? (value ? "1" : "0") : typeof value === "number" ? plain(value) : String(value),
);
export const weakBoolean = typed("true or false", (value) => {
  if (typeof value === "boolean") return value;
  if (typeof value !== "string") return Number(value) !== 0;
  if (/^(?:1|t|true)$/i.test(value)) return true;
  return /^(?:0|f|false)?$/i.test(value) ? false : undefined;
});
export const weakWhole = typed("a whole number", (value) => {
  if (typeof value === "bigint") return value;
  if (typeof value === "number") return BigInt(Math.trunc(value));
  if (typeof value === "boolean") return value ? 1n : 0n;
  return /^[-+]?\d+$/.test(value) ? BigInt(value) : value === "" ? 0n : undefined;
});
export const weakDecimal = typed("a number", (value) => {
  const number = Number(value);
  return Number.isFinite(number) ? number : undefined;
});

/** A number without exponent, as it would be written by hand. */
function plain(value: number): string {
  return Number.isInteger(value) ? String(BigInt(value)) : String(value);
}

/** A map of names to text; a null value stays null where `values` allows it. */
export function names<T extends z.ZodType>(value: T) {
  return anyMapping.pipe(z.record(z.string(), value));
}

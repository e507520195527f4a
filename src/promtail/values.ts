import { z } from "zod";
import { parseByteSize, parseDuration, parsePrometheusDuration } from "./units.ts";
import { urlError } from "./url.ts";
import { Scalar } from "./yaml.ts";

/** What a YAML value is, for messages. */
export function describe(input: unknown): string {
  if (input === null) return "nothing";
  if (input === undefined) return "nothing";
  if (Array.isArray(input)) return "a list";
  if (!(input instanceof Scalar)) return "a mapping";
  return typeof input.value === "string" ? JSON.stringify(input.value) : input.text;
}

/** A schema for scalars: `read` gives the value, or undefined where the scalar does not say `expected`. */
function scalar<T>(expected: string, read: (scalar: Scalar) => T | undefined) {
  return z.unknown().transform((input, context): T => {
    const value = input instanceof Scalar ? read(input) : undefined;
    if (value !== undefined) return value;
    context.addIssue({ code: "custom", message: `expected ${expected}, found ${describe(input)}` });
    return z.NEVER;
  });
}

/** A field that may be missing or null, which are the same to Go's YAML. */
export function optional<T extends z.ZodType>(type: T) {
  return type.nullish().transform((value): z.output<T> | undefined => value ?? undefined);
}

/** Any scalar, as the text it was written as: `yes` and `007` stay so. */
export const text = scalar("text", ({ text }) => text);
export const flag = scalar("true or false", ({ value }) => (typeof value === "boolean" ? value : undefined));
export const integer = scalar("a whole number", ({ value }) =>
  typeof value === "bigint" ? value : Number.isInteger(value) ? BigInt(value as number) : undefined,
);
export const number = scalar("a number", ({ value }) =>
  typeof value === "bigint" || typeof value === "number" ? Number(value) : undefined,
);
/** A Go duration in nanoseconds; a number without unit counts nanoseconds. */
export const duration = scalar("a duration such as 30s or 1h30m", ({ value, text }) =>
  typeof value === "bigint" ? value : parseDuration(text),
);
/** A duration as Prometheus writes it, which knows days. */
export const prometheusDuration = scalar("a duration such as 30s or 1d", ({ text }) =>
  parsePrometheusDuration(text),
);
export const byteSize = scalar("a size such as 256KB", ({ text }) => parseByteSize(text));

export const url = scalar("a URL", ({ text }) => text).superRefine((value, context) => {
  const reason = urlError(value);
  if (reason !== undefined) context.addIssue({ code: "custom", message: `not a URL: ${reason}` });
});

/** One of a few words. */
export function word<const W extends string>(...words: readonly W[]) {
  return scalar(words.join(", ").replace(/, ([^,]*)$/, " or $1"), ({ text }) =>
    words.find((one) => one === text),
  );
}

export function list<T extends z.ZodType>(item: T) {
  return z.array(item, { error: ({ input }) => `expected a list, found ${describe(input)}` });
}

function isMapping(input: unknown): input is Record<string, unknown> {
  return typeof input === "object" && input !== null && !Array.isArray(input) && !(input instanceof Scalar);
}

export const anyMapping = z.custom<Record<string, unknown>>(isMapping, {
  error: ({ input }) => `expected a mapping, found ${describe(input)}`,
  abort: true,
});

/** A mapping with these keys and no others. */
export function mapping<S extends z.ZodRawShape>(shape: S) {
  return anyMapping.pipe(z.strictObject(shape));
}

/** A mapping with any keys. */
export function mapOf<T extends z.ZodType>(value: T) {
  return anyMapping.pipe(z.record(z.string(), value));
}

/** Labels: any name to text; a null value is the empty text. */
export const labels = mapOf(text.nullable().transform((value) => value ?? ""));

import { sprintAll, sprintf } from "../format.ts";
import { fn, variadic } from "../function.ts";
import type { Functions } from "../execute.ts";
import { GoTime } from "../../time/go-time.ts";
import {
  integerOf,
  isList,
  isMap,
  isTrue,
  lengthOf,
  TemplateError,
  typeName,
  type GoValue,
} from "../value.ts";

/** The predefined functions of text/template; `and` and `or` are part of the evaluator, since they stop early. */
export const BUILTINS: Functions = {
  not: fn(["any"], (value) => !isTrue(value)),
  len: fn(["any"], (value) => {
    const length = lengthOf(value);
    if (length === undefined)
      throw new TemplateError(`len of ${value === undefined ? "nil pointer" : `type ${typeName(value)}`}`);
    return BigInt(length);
  }),
  index: variadic(["any"], "any", (value, ...indices) => indices.reduce<GoValue>(index, value)),
  print: variadic([], "any", (...values) => sprintAll(values)),
  println: variadic([], "any", (...values) => `${values.map((value) => sprintAll([value])).join(" ")}\n`),
  printf: variadic(["string"], "any", (pattern, ...values) => sprintf(pattern, values)),
  html: variadic([], "any", (...values) => {
    return sprintAll(values).replace(/[\u0000"'&<>]/g, (char) => HTML[char] ?? char);
  }),
  js: variadic([], "any", (...values) => sprintAll(values).replace(/[\\'"<>&=\u0000-\u001f]/g, escapeJs)),
  urlquery: variadic([], "any", (...values) => escapeQuery(sprintAll(values))),
  eq: variadic(["any"], "any", (value, ...others) => {
    if (others.length === 0) throw new TemplateError("error calling eq: missing argument for comparison");
    return others.some((other) => equal(value, other));
  }),
  ne: fn(["any", "any"], (left, right) => !equal(left, right)),
  lt: fn(["any", "any"], (left, right) => less(left, right)),
  le: fn(["any", "any"], (left, right) => less(left, right) || equal(left, right)),
  gt: fn(["any", "any"], (left, right) => !(less(left, right) || equal(left, right))),
  ge: fn(["any", "any"], (left, right) => !less(left, right)),
};

const HTML: Readonly<Record<string, string>> = {
  "\u0000": "\ufffd",
  '"': "&#34;",
  "'": "&#39;",
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
};

function escapeJs(char: string): string {
  if (char === "\\" || char === "'" || char === '"') return `\\${char}`;
  return `\\u${char.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}`;
}

function escapeQuery(text: string): string {
  return encodeURIComponent(text)
    .replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll("%20", "+");
}

function index(value: GoValue, at: GoValue): GoValue {
  if (value === undefined) throw new TemplateError("error calling index: index of untyped nil");
  if (isMap(value)) {
    if (typeof at !== "string")
      throw new TemplateError(`error calling index: value has type ${typeName(at)}; should be string`);
    return value.get(at);
  }
  const position = integerOf(at);
  if (position === undefined)
    throw new TemplateError(`error calling index: cannot index slice/array with type ${typeName(at)}`);
  const length = lengthOf(value);
  if (length === undefined)
    throw new TemplateError(`error calling index: can't index item of type ${typeName(value)}`);
  if (position < 0n || position >= BigInt(length)) {
    throw new TemplateError(`error calling index: reflect: slice index out of range`);
  }
  if (isList(value)) return value[Number(position)];
  return BigInt(Buffer.from(sprintAll([value]), "utf8")[Number(position)] ?? 0);
}

type Kind = "invalid" | "bool" | "int" | "float" | "string" | "time" | "other";

function kindOf(value: GoValue): Kind {
  if (value === undefined) return "invalid";
  if (integerOf(value) !== undefined) return "int";
  if (value instanceof GoTime) return "time";
  switch (typeof value) {
    case "boolean":
      return "bool";
    case "number":
      return "float";
    case "string":
      return "string";
    default:
      return "other";
  }
}

function equal(left: GoValue, right: GoValue): boolean {
  const kind = kindOf(left);
  const other = kindOf(right);
  if (kind === "invalid" || other === "invalid") return kind === other;
  if (kind !== other) throw new TemplateError("error calling eq: incompatible types for comparison");
  if (kind === "int") return integerOf(left) === integerOf(right);
  if (left instanceof GoTime && right instanceof GoTime) return left.nanoseconds === right.nanoseconds;
  if (kind === "other") throw new TemplateError("error calling eq: non-comparable type");
  return left === right;
}

function less(left: GoValue, right: GoValue): boolean {
  const kind = kindOf(left);
  if (kind !== kindOf(right)) throw new TemplateError("error calling lt: incompatible types for comparison");
  if (kind === "int") return (integerOf(left) ?? 0n) < (integerOf(right) ?? 0n);
  if (typeof left === "number" && typeof right === "number") return left < right;
  if (typeof left === "string" && typeof right === "string") {
    return Buffer.compare(Buffer.from(left, "utf8"), Buffer.from(right, "utf8")) < 0;
  }
  throw new TemplateError("error calling lt: invalid type for comparison");
}

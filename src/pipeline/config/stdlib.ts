import { parse as parseYaml } from "yaml";
import { EvaluationError } from "./evaluate.ts";
import { fromJson, isList, isObject, toJson, typeName, type FunctionValue, type Value } from "./value.ts";

export interface Environment {
  /** What sys.env sees. */
  env: Readonly<Record<string, string | undefined>>;
  /** constants.hostname; without it the name of the machine is not known and is empty. */
  hostname?: string;
}

/** Alloy's standard library for log pipelines: namespaces, and the old global names of 1.x that still work. */
export function standardLibrary(environment: Environment): ReadonlyMap<string, Value> {
  const env: FunctionValue = (name) => environment.env[text(name)] ?? "";
  const namespaces: Readonly<Record<string, Readonly<Record<string, Value>>>> = {
    array: { concat, combine_maps: combineMaps },
    constants: { arch: "amd64", hostname: environment.hostname ?? "", os: "linux" },
    convert: { nonsensitive: (value = null) => value },
    encoding: {
      from_base64: (value) => Buffer.from(text(value), "base64").toString("utf8"),
      from_URLbase64: (value) => Buffer.from(text(value), "base64url").toString("utf8"),
      from_json: (value) => decoded(() => fromJson(JSON.parse(text(value)))),
      from_yaml: (value) => decoded(() => fromJson(parseYaml(text(value)))),
      to_base64: (value) => Buffer.from(text(value), "utf8").toString("base64"),
      to_URLbase64: (value) => Buffer.from(text(value), "utf8").toString("base64").replace(/[+/]/g, urlDigit),
      to_json: (value = null) => JSON.stringify(toJson(value)),
      url_encode: (value) => encodeURIComponent(text(value)).replaceAll("%20", "+"),
      url_decode: (value) => decodeURIComponent(text(value).replaceAll("+", "%20")),
    },
    file: { path_join: (...parts) => normalizePath(parts.map(text).filter(Boolean).join("/")) },
    string: STRINGS,
    sys: { env },
  };
  const library = new Map<string, Value>();
  for (const [name, members] of Object.entries(namespaces))
    library.set(name, new Map(Object.entries(members)));
  for (const [name, value] of Object.entries(STRINGS)) library.set(name, value);
  library.set("coalesce", coalesce);
  library.set("concat", concat);
  library.set("env", env);
  library.set("json_decode", namespaces["encoding"]?.["from_json"] ?? null);
  library.set("yaml_decode", namespaces["encoding"]?.["from_yaml"] ?? null);
  library.set("base64_decode", namespaces["encoding"]?.["from_base64"] ?? null);
  library.set("nonsensitive", namespaces["convert"]?.["nonsensitive"] ?? null);
  return library;
}

const STRINGS: Readonly<Record<string, FunctionValue>> = {
  format: (pattern, ...args) => format(text(pattern), args),
  join: (list = null, separator) => {
    if (!isList(list)) throw new EvaluationError(`join needs a list, not ${typeName(list)}`);
    return list.map(text).join(text(separator));
  },
  replace: (value, from, to) => text(value).replaceAll(text(from), () => text(to)),
  split: (value, separator) => text(value).split(text(separator)),
  to_lower: (value) => text(value).toLowerCase(),
  to_upper: (value) => text(value).toUpperCase(),
  trim: (value, cutset) => trim(text(value), text(cutset)),
  trim_prefix: (value, prefix) => {
    return text(value).startsWith(text(prefix)) ? text(value).slice(text(prefix).length) : text(value);
  },
  trim_suffix: (value, suffix) => {
    const end = text(suffix);
    return end !== "" && text(value).endsWith(end) ? text(value).slice(0, -end.length) : text(value);
  },
  trim_space: (value) => text(value).trim(),
};

/** The first argument that is neither null nor empty, else the last one. */
const coalesce: FunctionValue = (...values) => {
  const found = values.find(
    (value) =>
      value !== null &&
      value !== "" &&
      value !== 0 &&
      value !== false &&
      !(isList(value) && value.length === 0) &&
      !(isObject(value) && value.size === 0),
  );
  return found ?? values.at(-1) ?? null;
};

const concat: FunctionValue = (...lists) =>
  lists.flatMap((list) => {
    if (!isList(list)) throw new EvaluationError(`concat needs lists, not ${typeName(list)}`);
    return list;
  });

/** combine_maps(left, right, keys): every pair of objects that agree on all `keys`, merged. */
const combineMaps: FunctionValue = (left = null, right = null, keys = null) => {
  if (!isList(left) || !isList(right) || !isList(keys))
    throw new EvaluationError("combine_maps needs three lists");
  const merged: Value[] = [];
  for (const one of left) {
    for (const other of right) {
      if (!isObject(one) || !isObject(other))
        throw new EvaluationError("combine_maps needs lists of objects");
      const agree = keys.every((key) => one.has(text(key)) && one.get(text(key)) === other.get(text(key)));
      if (agree) merged.push(new Map([...one, ...other]));
    }
  }
  return merged;
};

function text(value: Value | undefined): string {
  if (typeof value === "string") return value;
  if (typeof value === "number") return String(value);
  throw new EvaluationError(`a string is needed, not ${value === undefined ? "nothing" : typeName(value)}`);
}

function decoded(work: () => Value): Value {
  try {
    return work();
  } catch (caught) {
    throw new EvaluationError(caught instanceof Error ? caught.message : String(caught));
  }
}

function urlDigit(digit: string): string {
  return digit === "+" ? "-" : "_";
}

/** The verbs of string.format that a configuration uses: %s %v %d %q %t %%. */
function format(pattern: string, args: readonly Value[]): string {
  let next = 0;
  return pattern.replace(/%([svdqt%])/g, (_, verb: string) => {
    if (verb === "%") return "%";
    const value = args[next++];
    if (value === undefined) return `%!${verb}(MISSING)`;
    if (verb === "q") return JSON.stringify(toJson(value));
    return typeof value === "string" ? value : JSON.stringify(toJson(value));
  });
}

function trim(value: string, cutset: string): string {
  let start = 0;
  let end = value.length;
  while (start < end && cutset.includes(value.charAt(start))) start++;
  while (end > start && cutset.includes(value.charAt(end - 1))) end--;
  return value.slice(start, end);
}

function normalizePath(path: string): string {
  const parts: string[] = [];
  for (const part of path.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "" && part !== ".") parts.push(part);
  }
  return (path.startsWith("/") ? "/" : "") + parts.join("/");
}

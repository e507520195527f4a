import type { Functions } from "../execute.ts";
import { fn, variadic } from "../function.ts";
import {
  integerOf,
  isList,
  isMap,
  isTrue,
  lengthOf,
  TemplateError,
  type GoMap,
  type GoValue,
} from "../value.ts";
import { asList, deepEqual, toText, toTexts } from "./convert.ts";

/** sprig's lists, dictionaries and defaults. A dictionary is a Map, which `set`, `unset` and `merge` change. */
export const LIST_FUNCTIONS: Functions = {
  list: variadic([], "any", (...items) => items),
  tuple: variadic([], "any", (...items) => items),
  ...both("append", ["any", "any"], (list, item) => [...asList(list, "append"), item]),
  ...both("push", ["any", "any"], (list, item) => [...asList(list, "push"), item]),
  ...both("prepend", ["any", "any"], (list, item) => [item, ...asList(list, "prepend")]),
  ...both("first", ["any"], (list) => asList(list, "first")[0]),
  ...both("last", ["any"], (list) => asList(list, "last").at(-1)),
  ...both("rest", ["any"], (list) => asList(list, "rest").slice(1)),
  ...both("initial", ["any"], (list) => asList(list, "initial").slice(0, -1)),
  ...both("reverse", ["any"], (list) => asList(list, "reverse").toReversed()),
  ...both("compact", ["any"], (list) => asList(list, "compact").filter((item) => !isEmpty(item))),
  ...both("uniq", ["any"], (list) => unique(asList(list, "uniq"))),
  ...both("has", ["any", "any"], (item, list) => {
    return list !== undefined && asList(list, "has").some((other) => deepEqual(item, other));
  }),
  without: variadic(["any"], "any", (list, ...unwanted) => {
    return asList(list, "without").filter((item) => !unwanted.some((other) => deepEqual(item, other)));
  }),
  slice: variadic(["any"], "any", (list, start, end) => {
    const items = asList(list, "slice");
    return items.slice(
      Number(integerOf(start) ?? 0n),
      end === undefined ? undefined : Number(integerOf(end) ?? 0n),
    );
  }),
  concat: variadic([], "any", (...lists) => lists.flatMap((list) => [...asList(list, "concat")])),
  chunk: fn(["int", "any"], (size, list) => {
    const items = asList(list, "chunk");
    const count = Math.max(1, Number(size));
    return Array.from({ length: Math.ceil(items.length / count) }, (_, at) =>
      items.slice(at * count, (at + 1) * count),
    );
  }),
  sortAlpha: fn(["any"], (list) => toTexts(list).sort()),

  dict: variadic([], "any", (...pairs) => {
    const map = new Map<string, GoValue>();
    for (let at = 0; at < pairs.length; at += 2)
      map.set(toText(pairs[at]), at + 1 < pairs.length ? pairs[at + 1] : "");
    return map;
  }),
  get: fn(["map", "string"], (map, key) => (map.has(key) ? map.get(key) : "")),
  set: fn(["map", "string", "any"], (map, key, value) => changeable(map).set(key, value)),
  unset: fn(["map", "string"], (map, key) => {
    changeable(map).delete(key);
    return map;
  }),
  hasKey: fn(["map", "string"], (map, key) => map.has(key)),
  keys: variadic([], "map", (...maps) => maps.flatMap((map) => [...map.keys()])),
  values: fn(["map"], (map) => [...map.keys()].map((key) => map.get(key))),
  pluck: variadic(["string"], "map", (key, ...maps) =>
    maps.filter((map) => map.has(key)).map((map) => map.get(key)),
  ),
  pick: variadic(["map"], "string", (map, ...names) => {
    return new Map(names.filter((key) => map.has(key)).map((key) => [key, map.get(key)]));
  }),
  omit: variadic(["map"], "string", (map, ...names) => {
    return new Map([...map.keys()].filter((key) => !names.includes(key)).map((key) => [key, map.get(key)]));
  }),
  merge: variadic(["map"], "map", (target, ...maps) => {
    for (const map of maps)
      for (const key of map.keys()) if (isEmpty(target.get(key))) changeable(target).set(key, map.get(key));
    return target;
  }),
  mergeOverwrite: variadic(["map"], "map", (target, ...maps) => {
    for (const map of maps) for (const key of map.keys()) changeable(target).set(key, map.get(key));
    return target;
  }),

  default: variadic(["any"], "any", (fallback, ...given) => (isEmpty(given[0]) ? fallback : given[0])),
  empty: fn(["any"], isEmpty),
  coalesce: variadic([], "any", (...values) => values.find((value) => !isEmpty(value))),
  all: variadic([], "any", (...values) => !values.some(isEmpty)),
  any: variadic([], "any", (...values) => values.some((value) => !isEmpty(value))),
  ternary: fn(["any", "any", "bool"], (yes, no, test) => (test ? yes : no)),
  fail: fn(["string"], (message) => {
    throw new TemplateError(`error calling fail: ${message}`);
  }),
};

/** A function under its own name and, as sprig has it, under `must` and its name. */
function both(
  name: string,
  parameters: readonly ["any"] | readonly ["any", "any"],
  call: (first: GoValue, second: GoValue) => GoValue,
): Functions {
  const declared = fn<readonly "any"[]>(parameters, (first, second) => call(first, second));
  return { [name]: declared, [`must${name.charAt(0).toUpperCase()}${name.slice(1)}`]: declared };
}

/** sprig's empty: nil, false, zero, "" and what has no elements. */
function isEmpty(value: GoValue): boolean {
  return isList(value) || isMap(value) ? lengthOf(value) === 0 : !isTrue(value);
}

function unique(items: readonly GoValue[]): GoValue[] {
  const kept: GoValue[] = [];
  for (const item of items) if (!kept.some((other) => deepEqual(item, other))) kept.push(item);
  return kept;
}

/** Dictionaries that a template made; the entry's own data cannot be changed, Go's types do not fit there either. */
function changeable(map: GoMap): Map<string, GoValue> {
  if (map instanceof Map) return map as Map<string, GoValue>;
  throw new TemplateError("wrong type for value; expected map[string]interface {}");
}

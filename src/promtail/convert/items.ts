import { attribute, block, type Item, type Value } from "../../alloy/index.ts";

/** The attribute `name = value`, or nothing when `value` is what Alloy takes without it. */
export function put(name: string, value: Value, unset?: Value): Item[] {
  return unset !== undefined && same(value, unset) ? [] : [attribute(name, value)];
}

/** The block, or nothing when there is nothing in it. */
export function putBlock(name: string, body: readonly Item[]): Item[] {
  return body.length === 0 ? [] : [block(name, undefined, body)];
}

/** A map in the order in which Go prints one: by key. */
export function sorted<V extends Value>(map: Readonly<Record<string, V>>): ReadonlyMap<string, V> {
  return new Map(Object.entries(map).sort(([left], [right]) => (left < right ? -1 : 1)));
}

function same(left: Value, right: Value): boolean {
  if (Array.isArray(left) && Array.isArray(right)) return left.length === 0 && right.length === 0;
  if (left instanceof Map && right instanceof Map) return left.size === 0 && right.size === 0;
  return left === right;
}

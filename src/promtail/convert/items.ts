import { attribute, block, raw, type Item, type Value } from "../../alloy/index.ts";

/** The attribute `name = value`, or nothing when `value` is what Alloy takes without it. */
export function put(name: string, value: Value, unset?: Value): Item[] {
  return unset !== undefined && value === unset ? [] : [attribute(name, value)];
}

/** The attribute, or nothing when promtail.yaml does not have it; what is written empty stays. */
export function putGiven(name: string, value: Value | undefined): Item[] {
  return value === undefined ? [] : [attribute(name, value)];
}

/** The block, or nothing when there is nothing in it. */
export function putBlock(name: string, body: readonly Item[]): Item[] {
  return body.length === 0 ? [] : [block(name, undefined, body)];
}

/** A map in the order in which Go prints one: by key. */
export function sorted<V extends Value>(map: Readonly<Record<string, V>>): ReadonlyMap<string, V> {
  return new Map(Object.entries(map).sort(([left], [right]) => (left < right ? -1 : 1)));
}

/** The reference to an export of a component. */
export function reference(component: string, label: string, field: string): Value {
  return raw(`${component}.${label}.${field}`);
}

/** The n-th of several components with one label: `label`, `label_2`, `label_3`. */
export function numbered(label: string, index: number): string {
  return index === 0 ? label : `${label}_${index + 1}`;
}

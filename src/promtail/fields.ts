import type { z } from "zod";
import type { Item, Value } from "../alloy/index.ts";
import { put, sorted } from "./convert/items.ts";
import { formatDuration } from "./units.ts";
import { flag, integer, labels, list, optional, prometheusDuration, text } from "./values.ts";

/** How a kind of field is read from YAML and written to Alloy. */
interface Kind<T> {
  type: z.ZodType<T>;
  write: (value: T) => Value;
}

/** A field that Alloy takes over from promtail as it is: how it is read, and what a value read so becomes. */
export interface Field {
  type: z.ZodType;
  items: (key: string, value: unknown) => Item[];
}

function field<T>({ type, write }: Kind<T>) {
  return ({ unset, always = false }: { unset?: Value; always?: boolean }): Field => ({
    type: optional(type),
    items: (key, value) => {
      const written = value === undefined ? unset : write(value as T);
      return written === undefined ? [] : put(key, written, always ? undefined : unset);
    },
  });
}

/**
 * Fields by kind. `unset` is what both programs take when nothing is written, and what is therefore left out,
 * unless Alloy always wants the attribute (`always`). Lists and maps have no such value: written empty, they stay.
 */
export const fields = {
  text: field({ type: text, write: (value) => value }),
  flag: field({ type: flag, write: (value) => value }),
  integer: field({ type: integer, write: (value) => value }),
  duration: field({ type: prometheusDuration, write: formatDuration }),
  texts: field({ type: list(text), write: (value) => value }),
  labels: field({ type: labels, write: sorted }),
};

/** Settings of a field that Alloy always wants, with what stands there when promtail has nothing. */
export function always(unset: Value): { unset: Value; always: true } {
  return { unset, always: true };
}

/** A field that becomes blocks. */
export function blocks<T>(type: z.ZodType<T>, items: (value: T) => Item[]): Field {
  return { type: optional(type), items: (_, value) => (value === undefined ? [] : items(value as T)) };
}

export type Table = Readonly<Record<string, Field>>;

/** The zod shape of a table. */
export function shapeOf(table: Table): Record<string, z.ZodType> {
  return Object.fromEntries(Object.entries(table).map(([key, { type }]) => [key, type]));
}

/** The attributes of a table, in its order. */
export function tableItems(table: Table, values: Readonly<Record<string, unknown>>): Item[] {
  return Object.entries(table).flatMap(([key, { items }]) => items(key, values[key]));
}

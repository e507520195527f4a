/** A journal field's value as `journalctl -o json` prints it: text, bytes, several of these, or null when too large. */
export type FieldValue = string | readonly number[] | readonly (string | readonly number[])[] | null;

/** A journal entry as `journalctl -o json` prints it; `__REALTIME_TIMESTAMP` is microseconds since 1970. */
export type RawEntry = Readonly<Record<string, FieldValue>>;

/** The values of a field in the order in which they stand; none when it is absent. */
export function fieldValues(entry: RawEntry, name: string): Buffer[] {
  const value = entry[name];
  if (value === undefined || value === null) return [];
  if (typeof value === "string") return [Buffer.from(value)];
  if (isBytes(value)) return [Buffer.from(value)];
  return value.map((one) => (typeof one === "string" ? Buffer.from(one) : Buffer.from(one)));
}

/** A field as text, the last of several values; bytes that are not UTF-8 become U+FFFD. */
export function fieldText(entry: RawEntry, name: string): string | undefined {
  return fieldValues(entry, name).at(-1)?.toString("utf8");
}

/** Microseconds since 1970; undefined for an entry without a time. */
export function entryTime(entry: RawEntry): bigint | undefined {
  const text = fieldText(entry, "__REALTIME_TIMESTAMP");
  return text !== undefined && /^\d{1,18}$/.test(text) ? BigInt(text) : undefined;
}

function isBytes(value: readonly unknown[]): value is readonly number[] {
  return value.length > 0 && value.every((one) => typeof one === "number");
}

import { fieldValues, type RawEntry } from "./entry.ts";

/** Addresses that the journal makes itself; of the names with two underscores only the two times are input. */
const TIMES = new Set(["__REALTIME_TIMESTAMP", "__MONOTONIC_TIMESTAMP"]);

/**
 * Entries in systemd's journal export format (systemd.io/JOURNAL_EXPORT_FORMATS): `FIELD=text` lines, and for
 * values with line breaks or other control characters the name, a 64-bit length and the bytes. An empty line
 * ends an entry. Fields that journald could not have stored (lower-case names, null) are left out.
 */
export function exportFormat(entries: Iterable<RawEntry>): Buffer {
  const parts: Buffer[] = [];
  for (const entry of entries) {
    for (const name of Object.keys(entry)) {
      if (!/^[A-Z_][A-Z0-9_]{0,63}$/.test(name) || (name.startsWith("__") && !TIMES.has(name))) continue;
      for (const value of fieldValues(entry, name)) parts.push(field(name, value));
    }
    parts.push(Buffer.from("\n"));
  }
  return Buffer.concat(parts);
}

function field(name: string, value: Buffer): Buffer {
  if (value.every((byte) => byte >= 0x20 || byte === 0x09)) {
    return Buffer.concat([Buffer.from(`${name}=`), value, Buffer.from("\n")]);
  }
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(value.length));
  return Buffer.concat([Buffer.from(`${name}\n`), length, value, Buffer.from("\n")]);
}

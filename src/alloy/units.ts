const NANOSECONDS: Readonly<Record<string, number>> = {
  ns: 1,
  us: 1e3,
  "\u00b5s": 1e3,
  "\u03bcs": 1e3,
  ms: 1e6,
  s: 1e9,
  m: 60e9,
  h: 3600e9,
};

const PART = /(\d*\.?\d*)([^\d.]*)/y;

/** Go's durations are 64 bits wide. */
const LONGEST = 2 ** 63;

/** Why a text is no duration as Go's time.ParseDuration reads it, or undefined: "1h30m", "-1.5s", "0". */
export function durationError(text: string): string | undefined {
  const unsigned = text.replace(/^[+-]/, "");
  if (unsigned === "0") return undefined;
  if (unsigned === "") return `"${text}" is no duration`;
  let total = 0;
  PART.lastIndex = 0;
  while (PART.lastIndex < unsigned.length) {
    const [, amount = "", unit = ""] = PART.exec(unsigned) ?? [];
    if (!/\d/.test(amount)) return `"${text}" is no duration`;
    if (unit === "") return `"${text}" lacks a unit: ${Object.keys(NANOSECONDS).join(", ")}`;
    const scale = Object.hasOwn(NANOSECONDS, unit) ? NANOSECONDS[unit] : undefined;
    if (scale === undefined) {
      const days = unit === "d" ? "; write days as hours" : "";
      return `"${text}" has the unknown unit "${unit}"${days}`;
    }
    total += Number(amount) * scale;
  }
  return total < LONGEST ? undefined : `"${text}" is longer than 292 years`;
}

/** Nanoseconds of a duration, as Go's time.ParseDuration reads it; undefined for a text that is none. */
export function parseDuration(text: string): bigint | undefined {
  if (durationError(text) !== undefined) return undefined;
  let total = 0n;
  for (const [, whole = "", fraction = "", unit = ""] of text.matchAll(/(\d*)(\.\d*)?([^\d.+-]+)/g)) {
    const scale = NANOSECONDS[unit] ?? 0;
    // What is less than a nanosecond goes, part by part.
    total += BigInt(whole) * BigInt(scale) + BigInt(Math.trunc(Number(`0${fraction}`) * scale));
  }
  return text.startsWith("-") ? -total : total;
}

/** Why a text is no size, or undefined. Units are B, KiB to EiB throughout, or B, KB to EB, which mean the same. */
export function sizeError(text: string): string | undefined {
  const unsigned = text.replace(/^[+-]/, "");
  if (unsigned === "0") return undefined;
  if (/^(?:(?:\d+\.?\d*|\.\d+)(?:[KMGTPE]i)?B)+$/.test(unsigned)) return undefined;
  if (/^(?:(?:\d+\.?\d*|\.\d+)[KMGTPE]?B)+$/.test(unsigned)) return undefined;
  return `"${text}" is no size; write a number and B, KiB, MiB or GiB`;
}

/** Bytes of a size, a power of two for each unit; undefined for a text that is none. */
export function parseSize(text: string): number | undefined {
  if (sizeError(text) !== undefined) return undefined;
  let total = 0;
  for (const [, amount, unit = "B"] of text.matchAll(/([\d.]+)([A-Z]?)i?B?/g)) {
    total += Number(amount) * 1024 ** "BKMGTPE".indexOf(unit);
  }
  return Math.trunc(text.startsWith("-") ? -total : total);
}

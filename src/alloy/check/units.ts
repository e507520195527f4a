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

const PART = /(\d+\.?\d*|\.\d+)([^\d.]*)/y;

/** Why a text is no duration as Go's time.ParseDuration reads it, or undefined: "1h30m", "-1.5s", "0". */
export function durationError(text: string): string | undefined {
  const unsigned = text.replace(/^[+-]/, "");
  if (unsigned === "0") return undefined;
  if (unsigned === "") return `"${text}" is no duration`;
  PART.lastIndex = 0;
  while (PART.lastIndex < unsigned.length) {
    const unit = PART.exec(unsigned)?.[2];
    if (unit === undefined) return `"${text}" is no duration`;
    if (unit === "") return `"${text}" lacks a unit: ${Object.keys(NANOSECONDS).join(", ")}`;
    if (!Object.hasOwn(NANOSECONDS, unit)) {
      const days = unit === "d" ? "; write days as hours" : "";
      return `"${text}" has the unknown unit "${unit}"${days}`;
    }
  }
  return undefined;
}

/** Nanoseconds of a duration; undefined for a text that is none. */
export function nanosecondsOf(text: string): number | undefined {
  if (durationError(text) !== undefined) return undefined;
  let total = 0;
  for (const [, amount, unit = ""] of text.matchAll(/([\d.]+)([^\d.]+)/g)) {
    total += Number(amount) * (NANOSECONDS[unit] ?? 0);
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

/** Bytes of a size; undefined for a text that is none. */
export function bytesOf(text: string): number | undefined {
  if (sizeError(text) !== undefined) return undefined;
  let total = 0;
  for (const [, amount, unit = "B"] of text.matchAll(/([\d.]+)([A-Z]?)i?B?/g)) {
    total += Number(amount) * 1024 ** "BKMGTPE".indexOf(unit);
  }
  return text.startsWith("-") ? -total : total;
}

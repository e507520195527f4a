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

/** Go's time.ParseDuration: nanoseconds of "1h30m", undefined when it is none. */
export function parseDuration(text: string): bigint | undefined {
  const match = /^([+-]?)((?:(?:\d+\.?\d*|\.\d+)(?:ns|us|\u00b5s|\u03bcs|ms|s|m|h))+|0)$/.exec(text);
  if (match === null) return undefined;
  let total = 0;
  for (const [, amount = "0", unit = "ns"] of (match[2] ?? "").matchAll(
    /([\d.]+)(ns|us|\u00b5s|\u03bcs|ms|s|m|h)/g,
  )) {
    total += Number(amount) * (NANOSECONDS[unit] ?? 0);
  }
  return BigInt(Math.round(match[1] === "-" ? -total : total));
}

const POWERS = "KMGTPE";

/** Alloy's Base2Bytes: bytes of "16B", "1KB", "1KiB" (all base two), undefined when it is none. */
export function parseBytes(text: string): number | undefined {
  const match = /^([+-]?)((?:\d+(?:\.\d*)?(?:[KMGTPE]i?)?B)+|0)$/.exec(text);
  if (match === null) return undefined;
  let total = 0;
  for (const [, amount = "0", power = ""] of (match[2] ?? "").matchAll(/([\d.]+)([KMGTPE]?)i?B/g)) {
    total += Number(amount) * 1024 ** (power === "" ? 0 : POWERS.indexOf(power) + 1);
  }
  return Math.trunc(match[1] === "-" ? -total : total);
}

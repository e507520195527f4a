const NANOSECONDS: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1_000n,
  µs: 1_000n,
  μs: 1_000n,
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
};

/** A duration as Go's time.ParseDuration reads it ("1h30m", "1.5s", "0"), in nanoseconds; undefined when it is none. */
export function parseDuration(text: string): bigint | undefined {
  const [, sign, rest = ""] = /^([-+]?)(.*)$/s.exec(text) ?? [];
  if (rest === "0") return 0n;
  if (!/^(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+$/.test(rest)) return undefined;
  let total = 0n;
  for (const [, whole = "", fraction = "", unit = ""] of rest.matchAll(
    /(\d*)\.?(\d*)(ns|us|µs|μs|ms|s|m|h)/g,
  )) {
    const scale = NANOSECONDS[unit] ?? 0n;
    total += BigInt(whole || "0") * scale;
    if (fraction !== "") total += (BigInt(fraction) * scale) / 10n ** BigInt(fraction.length);
  }
  return sign === "-" ? -total : total;
}

/** A duration as Prometheus reads it ("1d", "1h30m"), in nanoseconds; undefined when it is none. */
export function parsePrometheusDuration(text: string): bigint | undefined {
  if (text === "0") return 0n;
  const match = /^(?:(\d+)y)?(?:(\d+)w)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?(?:(\d+)ms)?$/.exec(text);
  if (text === "" || match === null) return undefined;
  const hour = 3_600_000_000_000n;
  const scales = [8760n * hour, 168n * hour, 24n * hour, hour, hour / 60n, 1_000_000_000n, 1_000_000n];
  return scales.reduce((total, scale, at) => total + BigInt(match[at + 1] ?? "0") * scale, 0n);
}

/** Nanoseconds as Go prints a duration: "12h0m0s", "1.5s", "250ms", "0s". */
export function formatDuration(nanoseconds: bigint): string {
  if (nanoseconds === 0n) return "0s";
  const sign = nanoseconds < 0n ? "-" : "";
  const size = nanoseconds < 0n ? -nanoseconds : nanoseconds;
  if (size < 1_000n) return `${sign}${size}ns`;
  if (size < 1_000_000n) return `${sign}${decimal(size, 1_000n)}µs`;
  if (size < 1_000_000_000n) return `${sign}${decimal(size, 1_000_000n)}ms`;
  const minutes = size / 60_000_000_000n;
  const seconds = `${decimal(size % 60_000_000_000n, 1_000_000_000n)}s`;
  if (minutes === 0n) return `${sign}${seconds}`;
  const hours = minutes / 60n;
  return `${sign}${hours > 0n ? `${hours}h` : ""}${minutes % 60n}m${seconds}`;
}

function decimal(amount: bigint, scale: bigint): string {
  const digits = String(scale).length - 1;
  const fraction = String(amount % scale)
    .padStart(digits, "0")
    .replace(/0+$/, "");
  return fraction === "" ? String(amount / scale) : `${amount / scale}.${fraction}`;
}

/** Bytes as Alloy prints a size: the binary units in falling order, "976KiB576B"; "0B" for nothing. */
export function formatSize(bytes: bigint): string {
  if (bytes === 0n) return "0B";
  let text = "";
  let rest = bytes;
  for (const prefix of ["", "K", "M", "G", "T", "P", "E"]) {
    const part = rest % 1024n;
    if (part !== 0n) text = `${part}${prefix}${prefix === "" ? "B" : "iB"}${text}`;
    rest /= 1024n;
    if (rest === 0n) break;
  }
  return text;
}

const SIZE_UNITS = ["B", "KB", "MB", "GB", "TB", "PB", "EB"];
const MAX_SIZE = 2n ** 64n - 1n;

/**
 * A size as promtail's options take it: a number and B, K, KB, M, MB, ..., each 1024 of the one before; in bytes.
 * Undefined for anything else, `MiB` included, and beyond 64 bits.
 */
export function parseByteSize(text: string): bigint | undefined {
  const match = /^(\d+)(\.\d+)?\s*([KMGTPE]?B?)$/i.exec(text.trim());
  if (match === null) return undefined;
  const [, whole = "0", fraction = "", unit = ""] = match;
  const letter = unit.toUpperCase().replace(/^([KMGTPE])$/, "$1B");
  const scale = 1024n ** BigInt(Math.max(0, SIZE_UNITS.indexOf(letter)));
  const part = fraction === "" ? 0n : BigInt(Math.trunc(Number(`0${fraction}`) * Number(scale)));
  const size = BigInt(whole) * scale + part;
  return size > MAX_SIZE ? undefined : size;
}

import { byteLength, runes, sliceBytes, toUtf8 } from "../bytes.ts";
import { formatFloat } from "../entry.ts";
import { formatDuration, GoTime } from "../time/go-time.ts";
import { quoteGo } from "./quote.ts";
import { Duration, Int64, integerOf, isList, isMap, sortedEntries, typeName, type GoValue } from "./value.ts";

/** Go's fmt.Sprint of one value, which is also `%v`. */
export function sprint(value: GoValue): string {
  switch (typeof value) {
    case "string":
      return value;
    case "undefined":
      return "<nil>";
    case "boolean":
    case "bigint":
      return String(value);
    case "number":
      return shortest(value);
    default:
      if (value instanceof Int64) return String(value.value);
      if (value instanceof Duration) return formatDuration(value.value);
      if (value instanceof GoTime) return value.toString();
      if (isList(value)) return `[${value.map(sprint).join(" ")}]`;
      return `map[${sortedEntries(value)
        .map(([key, item]) => `${key}:${sprint(item)}`)
        .join(" ")}]`;
  }
}

/** Go's fmt.Sprint of several: a space between two neither of which is a string. */
export function sprintAll(values: readonly GoValue[]): string {
  let text = "";
  values.forEach((value, index) => {
    const apart = index > 0 && typeof value !== "string" && typeof values[index - 1] !== "string";
    text += (apart ? " " : "") + sprint(value);
  });
  return text;
}

/** Go's `%v` of a float64: `%g` with the shortest digits, an exponent below 1e-4 and from 1e6 on. */
function shortest(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "NaN" : value > 0 ? "+Inf" : "-Inf";
  const size = Math.abs(value);
  return size !== 0 && (size < 1e-4 || size >= 1e6) ? exponential(value) : formatFloat(value);
}

function exponential(value: number, digits?: number): string {
  if (digits === undefined || value === 0)
    return value.toExponential(digits).replace(/e([+-])(\d)$/, "e$10$2");
  const size = Math.abs(value);
  let exponent = Number(size.toExponential().split("e")[1]);
  let rounded = String(roundScaled(size, digits - exponent));
  // Rounding 9.99 up to 10.0 gives one digit more.
  if (rounded.length > digits + 1) {
    rounded = rounded.slice(0, -1);
    exponent++;
  }
  const mantissa = digits > 0 ? `${rounded.charAt(0)}.${rounded.slice(1)}` : rounded;
  const shown = String(Math.abs(exponent)).padStart(2, "0");
  return `${value < 0 ? "-" : ""}${mantissa}e${exponent < 0 ? "-" : "+"}${shown}`;
}

/** `size` times ten to the `power`, rounded exactly, half to even: JavaScript's toFixed rounds half up. */
function roundScaled(size: number, power: number): bigint {
  let exponent = 0;
  let mantissa = size;
  while (!Number.isInteger(mantissa)) {
    mantissa *= 2;
    exponent--;
  }
  let numerator = BigInt(mantissa);
  let denominator = 2n ** BigInt(-exponent);
  if (power >= 0) numerator *= 10n ** BigInt(power);
  else denominator *= 10n ** BigInt(-power);
  const whole = numerator / denominator;
  const twice = 2n * (numerator % denominator);
  return twice > denominator || (twice === denominator && whole % 2n === 1n) ? whole + 1n : whole;
}

interface Spec {
  flags: string;
  width: number | undefined;
  precision: number | undefined;
  verb: string;
}

/** Go's fmt.Sprintf, with its words for arguments that do not fit. */
export function sprintf(pattern: string, args: readonly GoValue[]): string {
  let used = 0;
  const star = (text: string | undefined): number | undefined => {
    if (text === undefined || text === "") return undefined;
    return text === "*" ? Number(integerOf(args[used++]) ?? 0) : Number(text);
  };
  const spec = /%([-+# 0]*)(\d+|\*)?(?:\.(\d+|\*)?)?(.|$)/gsu;
  const text = pattern.replace(
    spec,
    (whole, flags: string, wide: string | undefined, exact: string | undefined, verb: string) => {
      if (verb === "%") return "%";
      if (verb === "") return "%!(NOVERB)";
      const width = star(wide);
      const precision = star(exact) ?? (whole.includes(".") ? 0 : undefined);
      if (used >= args.length) return `%!${verb}(MISSING)`;
      return formatVerb(args[used++], { flags, width, precision, verb });
    },
  );
  if (used >= args.length) return text;
  const extra = args
    .slice(used)
    .map((value) => (value === undefined ? "<nil>" : `${typeName(value)}=${sprint(value)}`));
  return `${text}%!(EXTRA ${extra.join(", ")})`;
}

function formatVerb(value: GoValue, spec: Spec): string {
  if (spec.verb === "T") return pad(typeName(value), spec);
  if (value === undefined) return spec.verb === "v" ? pad("<nil>", spec) : `%!${spec.verb}(<nil>)`;
  if (isList(value) && spec.verb !== "v") return `[${value.map((item) => formatVerb(item, spec)).join(" ")}]`;
  const text = verbText(value, spec);
  return text ?? `%!${spec.verb}(${typeName(value)}=${sprint(value)})`;
}

function verbText(value: Exclude<GoValue, undefined>, spec: Spec): string | undefined {
  const { verb } = spec;
  if (verb === "v" && spec.flags.includes("#")) return pad(goSyntax(value), spec);
  if (verb === "v" && typeof value !== "number" && typeof value !== "bigint")
    return pad(cut(sprint(value), spec), spec);
  if (typeof value === "string") return stringVerb(value, spec);
  if (typeof value === "boolean") return verb === "t" ? pad(String(value), spec) : undefined;
  if (typeof value === "number") return floatVerb(value, spec);
  const integer = integerOf(value);
  if (integer !== undefined && !(value instanceof Duration && verb === "s"))
    return integerVerb(integer, spec);
  return verb === "s" && !isMap(value) ? pad(sprint(value), spec) : undefined;
}

function stringVerb(value: string, spec: Spec): string | undefined {
  const text = cut(value, spec);
  switch (spec.verb) {
    case "s":
      return pad(text, spec);
    case "q":
      return pad(spec.flags.includes("#") && !text.includes("`") ? `\`${text}\`` : quoteGo(text), spec);
    case "x":
    case "X": {
      const bytes = Buffer.from(toUtf8(text)).toString("hex");
      const hex = spec.flags.includes(" ") ? bytes.replace(/..(?=.)/g, "$& ") : bytes;
      return pad(spec.verb === "x" ? hex : hex.toUpperCase(), spec);
    }
    default:
      return undefined;
  }
}

function integerVerb(value: bigint, spec: Spec): string | undefined {
  switch (spec.verb) {
    case "v":
    case "d":
      return signed(value, 10, "", spec);
    case "b":
      return signed(value, 2, "0b", spec);
    case "o":
      return signed(value, 8, "0", spec);
    case "x":
      return signed(value, 16, "0x", spec);
    case "X":
      return signed(value, 16, "0X", spec).toUpperCase();
    case "c":
      return pad(String.fromCodePoint(Number(value)), spec);
    case "q":
      return pad(`'${quoteGo(String.fromCodePoint(Number(value))).slice(1, -1)}'`, spec);
    case "U":
      return pad(`U+${value.toString(16).toUpperCase().padStart(4, "0")}`, spec);
    default:
      return undefined;
  }
}

function signed(value: bigint, radix: number, prefix: string, spec: Spec): string {
  const sign = value < 0n ? "-" : plus(spec);
  const digits = (value < 0n ? -value : value).toString(radix).padStart(spec.precision ?? 0, "0");
  return padNumber(
    sign + (spec.flags.includes("#") ? prefix : ""),
    digits,
    spec,
    spec.precision === undefined,
  );
}

function floatVerb(value: number, spec: Spec): string | undefined {
  const size = Math.abs(value);
  const text = floatText(size, spec);
  if (text === undefined) return undefined;
  const negative = value < 0 || Object.is(value, -0);
  return padNumber(negative ? "-" : plus(spec), text, spec, Number.isFinite(value));
}

function floatText(size: number, { verb, precision }: Spec): string | undefined {
  if (!"veEfFgG".includes(verb)) return undefined;
  if (!Number.isFinite(size)) return Number.isNaN(size) ? "NaN" : "Inf";
  switch (verb) {
    case "f":
    case "F":
      return fixed(size, precision ?? 6);
    case "e":
      return exponential(size, precision ?? 6);
    case "E":
    case "G":
      return floatText(size, {
        flags: "",
        width: undefined,
        precision,
        verb: verb.toLowerCase(),
      })?.toUpperCase();
    default:
      return precision === undefined ? shortest(size) : general(size, Math.max(precision, 1));
  }
}

/** `%g` with so many significant digits at most. */
function general(size: number, digits: number): string {
  const exponent = size === 0 ? 0 : Number(exponential(size, digits - 1).split("e")[1]);
  const trimmed = (text: string): string => text.replace(/(\.\d*?)0+(?=e|$)/, "$1").replace(/\.(?=e|$)/, "");
  return trimmed(
    exponent < -4 || exponent >= digits ? exponential(size, digits - 1) : fixed(size, digits - 1 - exponent),
  );
}

/** As many digits after the point as asked for. */
function fixed(size: number, digits: number): string {
  const text = String(roundScaled(size, digits)).padStart(digits + 1, "0");
  return digits === 0 ? text : `${text.slice(0, -digits)}.${text.slice(-digits)}`;
}

function plus({ flags }: Spec): string {
  if (flags.includes("+")) return "+";
  return flags.includes(" ") ? " " : "";
}

function cut(text: string, { precision }: Spec): string {
  return precision === undefined ? text : runes(text).slice(0, precision).join("");
}

function pad(text: string, { flags, width = 0 }: Spec): string {
  const missing = width - runes(text).length;
  if (missing <= 0) return text;
  if (flags.includes("-")) return text + " ".repeat(missing);
  return (flags.includes("0") ? "0" : " ").repeat(missing) + text;
}

function padNumber(sign: string, digits: string, spec: Spec, zeros: boolean): string {
  if (zeros && spec.flags.includes("0") && !spec.flags.includes("-")) {
    return sign + digits.padStart((spec.width ?? 0) - sign.length, "0");
  }
  return pad(sign + digits, { ...spec, flags: spec.flags.replaceAll("0", "") });
}

/** Go's `%#v`. */
function goSyntax(value: GoValue): string {
  if (typeof value === "string") return quoteGo(value);
  if (isList(value)) return `${typeName(value)}{${value.map(goSyntax).join(", ")}}`;
  if (isMap(value)) {
    return `${typeName(value)}{${sortedEntries(value)
      .map(([key, item]) => `${quoteGo(key)}:${goSyntax(item)}`)
      .join(", ")}}`;
  }
  return sprint(value);
}

/** Go's `text[from:to]` in bytes for a template function; undefined when out of range, where Go panics. */
export function byteSlice(text: string, from: number, to: number): string | undefined {
  return from < 0 || from > to || to > byteLength(text) ? undefined : sliceBytes(text, from, to);
}

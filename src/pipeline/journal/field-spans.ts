/** How the value of a field is written. */
export const PLAIN = 0;
export const ESCAPED = 1;
export const BYTES = 2;
export const NULL = 3;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const COLON = 0x3a;
const ZERO = 0x30;
const NINE = 0x39;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;

/** Numbers kept of each field: where its name and its value start and end, and how the value is written. */
const WIDTH = 5;

/** More fields than any entry has; a line with more is left to JSON.parse. */
const MAX_FIELDS = 256;

/**
 * Where the fields of a line of `journalctl -o json` stand. Entries name their fields in an order of their own, for
 * which JSON.parse builds one dictionary after the other; this leaps from quote to quote and builds nothing, which is
 * several times as fast.
 *
 *   Line  = "{" Field { "," Field } "}"
 *   Field = string ":" ( string | "null" | Bytes )
 *   Bytes = "[" number { "," number } "]"
 *
 * without white space, as journalctl writes it. Everything else, valid JSON or not, is refused: then JSON.parse says
 * what it is.
 */
export class FieldSpans {
  count = 0;
  readonly #spans = new Int32Array(MAX_FIELDS * WIDTH);
  readonly #text: string;
  /** The first backslash that no string has been searched up to. */
  #backslash: number;
  #escaped = false;

  /** @param text UTF-8 read as Latin-1, a character a byte; of control characters it has line feeds alone */
  constructor(text: string) {
    this.#text = text;
    this.#backslash = this.#find("\\", 0);
  }

  nameStart(field: number): number {
    return this.#spans[field * WIDTH] ?? 0;
  }

  nameEnd(field: number): number {
    return this.#spans[field * WIDTH + 1] ?? 0;
  }

  valueStart(field: number): number {
    return this.#spans[field * WIDTH + 2] ?? 0;
  }

  valueEnd(field: number): number {
    return this.#spans[field * WIDTH + 3] ?? 0;
  }

  /** PLAIN, ESCAPED (between quotes), BYTES (between brackets) or NULL. */
  kind(field: number): number {
    return this.#spans[field * WIDTH + 4] ?? 0;
  }

  /** Finds the fields of the line from `start` to `end`, a line after the last; false when it is not as above. */
  scan(start: number, end: number): boolean {
    const text = this.#text;
    const spans = this.#spans;
    this.count = 0;
    if (this.#backslash < start) this.#backslash = this.#find("\\", start);
    if (text.charCodeAt(start) !== OPEN_BRACE) return false;
    for (let at = start + 1; ;) {
      if (text.charCodeAt(at) !== QUOTE || this.count === MAX_FIELDS) return false;
      const base = this.count++ * WIDTH;
      const nameEnd = text.indexOf('"', at + 1);
      if (nameEnd === -1 || this.#backslash < nameEnd) return false;
      if (text.charCodeAt(nameEnd + 1) !== COLON) return false;
      const first = text.charCodeAt(nameEnd + 2);
      const valueStart = nameEnd + 3;
      let valueEnd: number;
      let kind: number;
      if (first === QUOTE) {
        valueEnd = this.#stringEnd(valueStart);
        kind = this.#escaped ? ESCAPED : PLAIN;
      } else if (first === OPEN_BRACKET) {
        valueEnd = bytesEnd(text, valueStart);
        kind = BYTES;
      } else {
        valueEnd = text.startsWith("null", nameEnd + 2) ? nameEnd + 5 : -1;
        kind = NULL;
      }
      if (valueEnd === -1 || valueEnd >= end) return false;
      spans[base] = at + 1;
      spans[base + 1] = nameEnd;
      spans[base + 2] = valueStart;
      spans[base + 3] = valueEnd;
      spans[base + 4] = kind;
      at = valueEnd + 1;
      if (text.charCodeAt(at) === COMMA) at++;
      else return text.charCodeAt(at) === CLOSE_BRACE && at + 1 === end;
    }
  }

  /** The quote that ends a string, -1 when there is none or an escape before it is not JSON's. */
  #stringEnd(start: number): number {
    const text = this.#text;
    this.#escaped = false;
    let end = text.indexOf('"', start);
    while (this.#backslash < end) {
      this.#escaped = true;
      const size = escapeSize(text, this.#backslash + 1);
      if (size === 0) return -1;
      const after = this.#backslash + 1 + size;
      if (after > end) end = text.indexOf('"', after);
      this.#backslash = this.#find("\\", after);
    }
    return end;
  }

  #find(text: string, from: number): number {
    const found = this.#text.indexOf(text, from);
    return found === -1 ? Infinity : found;
  }
}

/** Characters of an escape after its backslash, 0 when there is no such escape. */
function escapeSize(text: string, at: number): number {
  switch (text.charCodeAt(at)) {
    case QUOTE:
    case BACKSLASH:
    case 0x2f: // slash
    case 0x62: // b
    case 0x66: // f
    case 0x6e: // n
    case 0x72: // r
    case 0x74: // t
      return 1;
    case 0x75: // u
      return /^[0-9a-fA-F]{4}$/.test(text.slice(at + 1, at + 5)) ? 5 : 0;
    default:
      return 0;
  }
}

/** The closing bracket of numbers of one to three digits, -1 when there is anything else. */
function bytesEnd(text: string, start: number): number {
  for (let at = start; ;) {
    const first = at;
    while (isDigit(text.charCodeAt(at))) at++;
    const digits = at - first;
    if (digits === 0 || digits > 3 || (digits > 1 && text.charCodeAt(first) === ZERO)) return -1;
    if (text.charCodeAt(at) === CLOSE_BRACKET) return at;
    if (text.charCodeAt(at) !== COMMA) return -1;
    at++;
  }
}

function isDigit(code: number): boolean {
  return code >= ZERO && code <= NINE;
}

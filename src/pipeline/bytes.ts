/**
 * Go strings are bytes, JavaScript's are UTF-16. Text is kept as a JavaScript string in which each byte that is
 * not part of valid UTF-8 stands as a lone surrogate U+DC80..U+DCFF, so that lengths, cuts and joins come out as
 * in Go. `printable` turns what is left of such bytes into U+FFFD, one for each, as Go's JSON encoder and Loki do.
 */

const ESCAPE = 0xdc00;

/** UTF-8 to text; bytes that are not UTF-8 are kept as lone surrogates. */
export function fromUtf8(bytes: Uint8Array): string {
  const plain = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8");
  if (!plain.includes("\ufffd")) return plain;
  let text = "";
  for (let at = 0; at < bytes.length;) {
    const size = sequenceLength(bytes, at);
    if (size === 0) text += String.fromCharCode(ESCAPE + (bytes[at] ?? 0));
    else text += Buffer.from(bytes.subarray(at, at + size)).toString("utf8");
    at += Math.max(1, size);
  }
  return text;
}

/** Text to UTF-8; the reverse of `fromUtf8`. */
export function toUtf8(text: string): Uint8Array {
  if (text.isWellFormed()) return Buffer.from(text, "utf8");
  const parts: Uint8Array[] = [];
  for (const char of text) {
    const code = char.charCodeAt(0);
    parts.push(char.length === 1 && isByte(code) ? Uint8Array.of(code - ESCAPE) : Buffer.from(char, "utf8"));
  }
  return Buffer.concat(parts);
}

/** Go's `len`: the number of bytes. */
export function byteLength(text: string): number {
  return text.isWellFormed() ? Buffer.byteLength(text, "utf8") : toUtf8(text).length;
}

/** Go's `text[start:end]`, in bytes; a cut inside a character leaves its bytes as they are. */
export function sliceBytes(text: string, start: number, end?: number): string {
  return fromUtf8(toUtf8(text).subarray(start, end));
}

/** Go's `[]rune(text)`: the code points. */
export function runes(text: string): string[] {
  return Array.from(text);
}

/** True when the text is valid UTF-8, which Alloy asks of label values. */
export function isValidUtf8(text: string): boolean {
  return text.isWellFormed();
}

/** What a reader sees: bytes that are not UTF-8 become U+FFFD. */
export function printable(text: string): string {
  return text.toWellFormed();
}

function isByte(code: number): boolean {
  return code >= ESCAPE + 0x80 && code <= ESCAPE + 0xff;
}

/** Bytes of the valid UTF-8 sequence at `at`, 0 when there is none (Unicode 15, table 3-7). */
function sequenceLength(bytes: Uint8Array, at: number): number {
  const first = bytes[at] ?? 0;
  if (first < 0x80) return 1;
  const second = bytes[at + 1] ?? 0;
  const tail = (offset: number): boolean => ((bytes[at + offset] ?? 0) & 0xc0) === 0x80;
  if (first >= 0xc2 && first <= 0xdf) return tail(1) ? 2 : 0;
  if (first >= 0xe0 && first <= 0xef) {
    if (!tail(1) || !tail(2) || (first === 0xe0 && second < 0xa0) || (first === 0xed && second > 0x9f))
      return 0;
    return 3;
  }
  if (first >= 0xf0 && first <= 0xf4) {
    if (!tail(1) || !tail(2) || !tail(3)) return 0;
    if ((first === 0xf0 && second < 0x90) || (first === 0xf4 && second > 0x8f)) return 0;
    return 4;
  }
  return 0;
}

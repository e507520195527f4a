import { runes } from "./bytes.ts";

/**
 * Go's unicode.ToUpper and ToLower map one character to one character. JavaScript's follow the full mappings
 * ("\u00df" becomes "SS"), so what would change the number of characters stays as it is.
 */
export function toUpper(text: string): string {
  const upper = text.toUpperCase();
  return upper.length === text.length && isAscii(text) ? upper : mapChars(text, (char) => char.toUpperCase());
}

/** Go's strings.ToLower. */
export function toLower(text: string): string {
  if (isAscii(text)) return text.toLowerCase();
  // The one character whose simple lower case is not in its full one.
  return mapChars(text, (char) => (char === "\u0130" ? "i" : char.toLowerCase()));
}

function isAscii(text: string): boolean {
  return /^[\u0000-\u007f]*$/.test(text);
}

function mapChars(text: string, map: (char: string) => string): string {
  let result = "";
  for (const char of text) {
    const mapped = map(char);
    result += runes(mapped).length === 1 ? mapped : char;
  }
  return result;
}

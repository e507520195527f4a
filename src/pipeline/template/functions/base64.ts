import { fromUtf8, toUtf8 } from "../../bytes.ts";

const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/**
 * sprig's b64dec: the decoded text, or the words of the error in its place. Go is strict: padding must be there, and
 * nothing else than line breaks between the characters or after them.
 */
export function decodeBase64(text: string): string {
  const bytes = toUtf8(text);
  const corrupt = corruptAt(String.fromCharCode(...bytes));
  if (corrupt !== undefined) return `illegal base64 data at input byte ${corrupt}`;
  return fromUtf8(Buffer.from(text, "base64"));
}

/** Where Go finds that a text, one byte a character, is no base64. */
function corruptAt(text: string): number | undefined {
  const skip = (from: number): number => {
    let at = from;
    while (text[at] === "\n" || text[at] === "\r") at += 1;
    return at;
  };
  /** Characters of the group of four that is being read. */
  let group = 0;
  let at = skip(0);
  while (at < text.length) {
    const char = text[at] ?? "";
    if (char === "=") {
      if (group < 2) return at;
      if (group === 2) {
        const second = skip(at + 1);
        if (second === text.length) return second;
        if (text[second] !== "=") return second - 1;
        at = second;
      }
      const end = skip(at + 1);
      return end < text.length ? end : undefined;
    }
    if (!ALPHABET.includes(char)) return at;
    group = (group + 1) % 4;
    at = skip(at + 1);
  }
  return group === 0 ? undefined : text.length - group;
}

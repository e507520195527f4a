const ESCAPES = new Map([
  ["\u0007", "\\a"],
  ["\b", "\\b"],
  ["\f", "\\f"],
  ["\n", "\\n"],
  ["\r", "\\r"],
  ["\t", "\\t"],
  ["\v", "\\v"],
  ["\\", "\\\\"],
  ['"', '\\"'],
]);

const MEANINGS = new Map([...ESCAPES].map(([character, escape]) => [escape.slice(1), character]));

const NOTHING_TO_ESCAPE = /^[\x20\x21\x23-\x5b\x5d-\x7e]*$/;
const PRINTABLE = /^[ \p{L}\p{M}\p{N}\p{P}\p{S}]$/u;
const ESCAPE_SEQUENCE = /\\(?:x[0-9a-fA-F]{2}|[0-7]{3}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|.)/gs;

/** A double-quoted Alloy string that means `text`, written as Go's %q writes it: printable characters as they are. */
export function quote(text: string): string {
  if (NOTHING_TO_ESCAPE.test(text)) return `"${text}"`;
  let quoted = '"';
  for (const character of text.toWellFormed()) {
    quoted += ESCAPES.get(character) ?? (PRINTABLE.test(character) ? character : escapeCodePoint(character));
  }
  return `${quoted}"`;
}

function escapeCodePoint(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  const hex = code.toString(16);
  if (code < 0x80) return `\\x${hex.padStart(2, "0")}`;
  return code < 0x10000 ? `\\u${hex.padStart(4, "0")}` : `\\U${hex.padStart(8, "0")}`;
}

/**
 * What a string literal means. `raw` has its quotes, double or backquotes, and has passed the scanner. Bytes
 * written as `\xNN` or octal are UTF-8; where they do not form it the result has U+FFFD.
 */
export function unquote(raw: string): string {
  const inner = raw.slice(1, -1);
  if (raw.startsWith("`")) return inner.replaceAll("\r", "");
  if (!inner.includes("\\")) return inner;
  return joinBytes(
    inner.replace(ESCAPE_SEQUENCE, (escape) => {
      const meaning = MEANINGS.get(escape.slice(1));
      if (meaning !== undefined) return meaning;
      const code = codeOf(escape);
      if (code >= 0x80 && !/^\\[uU]/.test(escape)) return String.fromCharCode(BYTE_MARK + code);
      return code <= 0x10ffff ? String.fromCodePoint(code) : "\ufffd";
    }),
  );
}

function codeOf(escape: string): number {
  const letter = escape.charAt(1);
  return "xuU".includes(letter) ? Number.parseInt(escape.slice(2), 16) : Number.parseInt(escape.slice(1), 8);
}

/** Lone low surrogates, which no well-formed text has, stand for single bytes until they are joined. */
const BYTE_MARK = 0xdc00;
const MARKED_BYTES = /[\udc80-\udcff]+/g;

function joinBytes(text: string): string {
  const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });
  return text.replace(MARKED_BYTES, (run, at: number) => {
    // The low half of a real surrogate pair is no mark.
    const before = text.charCodeAt(at - 1);
    const skip = before >= 0xd800 && before < 0xdc00 ? 1 : 0;
    const bytes = Uint8Array.from(run.slice(skip), (mark) => mark.charCodeAt(0) - BYTE_MARK);
    return run.slice(0, skip) + utf8.decode(bytes);
  });
}

import { error, LineIndex, type Diagnostic } from "../diagnostics/index.ts";

/**
 * The text of an Alloy file, which is UTF-8. Where it is not, the text has U+FFFD and there is a diagnostic for
 * the first place; such a file must not be written back.
 */
export function decode(name: string, bytes: Uint8Array): { text: string; diagnostics: Diagnostic[] } {
  const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes);
  for (let at = text.indexOf("\ufffd"); at !== -1; at = text.indexOf("\ufffd", at + 1)) {
    const offset = new TextEncoder().encode(text.slice(0, at)).length;
    // U+FFFD may also stand in the file itself.
    if (bytes[offset] === 0xef && bytes[offset + 1] === 0xbf && bytes[offset + 2] === 0xbd) continue;
    const span = new LineIndex(name, text).span(at, at + 1);
    const hint = "save the file as UTF-8";
    return { text, diagnostics: [error("alloy/encoding", "the file is not UTF-8", { span, hint })] };
  }
  return { text, diagnostics: [] };
}

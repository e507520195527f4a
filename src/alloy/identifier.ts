const IDENTIFIER = /^[\p{L}_][\p{L}\p{Nd}_]*$/u;
const KEYWORDS: ReadonlySet<string> = new Set(["true", "false", "null"]);

/** True for a name that can stand in Alloy without quotes: a letter or `_`, then letters and digits; no keyword. */
export function isIdentifier(text: string): boolean {
  return IDENTIFIER.test(text) && !KEYWORDS.has(text);
}

/**
 * The identifier nearest to `text`: a leading digit gets a `_`, every character that cannot stand in a name
 * becomes one. Different texts may give the same identifier. Undefined when that makes no identifier either
 * (the empty text, a keyword).
 */
export function sanitizeIdentifier(text: string): string | undefined {
  const sanitized = text.replace(/^(?=\p{Nd})/u, "_").replace(/[^\p{L}\p{Nd}_]/gu, "_");
  return isIdentifier(sanitized) ? sanitized : undefined;
}

/**
 * Why Go's net/url refuses a text as URL, or undefined when it does not. Go is lenient: a host may be missing,
 * and `loki:3100/push` is a URL with the scheme "loki".
 */
export function urlError(text: string): string | undefined {
  if (/[\u0000-\u001f\u007f]/.test(text)) return "it has a control character";
  if (text.startsWith(":")) return "it has no scheme before the colon";
  const rest = text.replace(/^[a-z][a-z0-9+.-]*:/i, "");
  if (!rest.startsWith("//")) {
    const colon = rest === text && /^[^/?#]*:/.test(text);
    return colon ? "its first part has a colon" : undefined;
  }
  const authority = /^[^/?#]*/.exec(rest.slice(2))?.[0] ?? "";
  const host = authority.slice(authority.lastIndexOf("@") + 1);
  if (host.startsWith("[")) {
    const end = host.lastIndexOf("]");
    return end === -1 ? "its host lacks a ']'" : portError(host.slice(end + 1));
  }
  const bad = /[^\w.~!$&'()*+,;=:[\]<>"%\u0080-\u{10ffff}-]/u.exec(host)?.[0];
  if (bad !== undefined) return `its host has the character ${JSON.stringify(bad)}`;
  const colon = host.lastIndexOf(":");
  return colon === -1 ? undefined : portError(host.slice(colon));
}

function portError(port: string): string | undefined {
  return /^(?::\d*)?$/.test(port) ? undefined : `${JSON.stringify(port)} is no port`;
}

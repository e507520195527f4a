import { Regex, quoteMeta } from "./regex.ts";

/**
 * Compiles a glob as local.file_match reads it (doublestar): `*` and `?` stay inside a directory, `**` crosses
 * them, `[a-z]` and `[!a]` are classes, `{a,b}` alternatives, `\` quotes.
 *
 * @throws PatternError for one that is not well formed.
 */
export function compileGlob(glob: string): (path: string) => boolean {
  const regex = new Regex(`^(?s:${translate(glob)})$`);
  return (path) => regex.test(path);
}

function translate(glob: string): string {
  let pattern = "";
  let depth = 0;
  for (let at = 0; at < glob.length; at++) {
    const char = glob.charAt(at);
    const before = at === 0 || glob.charAt(at - 1) === "/";
    if (glob.startsWith("**/", at) && before) {
      pattern += "(?:[^/]+/)*";
      at += 2;
    } else if (glob.startsWith("**", at) && before && at + 2 === glob.length) {
      pattern += ".*";
      at += 1;
    } else if (char === "*") {
      pattern += "[^/]*";
    } else if (char === "?") {
      pattern += "[^/]";
    } else if (char === "[") {
      const end = glob.indexOf("]", at + 2);
      const inside = end === -1 ? "" : glob.slice(at + 1, end);
      pattern +=
        end === -1
          ? "\\["
          : `[${inside.replace(/^[!^]/, "^").replaceAll("\\", "\\\\").replaceAll("[", "\\[")}]`;
      if (end !== -1) at = end;
    } else if (char === "{") {
      pattern += "(?:";
      depth++;
    } else if (char === "}" && depth > 0) {
      pattern += ")";
      depth--;
    } else if (char === "," && depth > 0) {
      pattern += "|";
    } else {
      if (char === "\\") at++;
      pattern += quoteMeta(glob.charAt(at));
    }
  }
  return pattern + ")".repeat(depth);
}

import { error, LineIndex, type Diagnostic } from "../diagnostics/index.ts";
import type { Comment, File } from "./ast.ts";
import { parse } from "./parser.ts";
import { print } from "./printer.ts";

/**
 * The canonical form of Alloy source, as `alloy fmt` prints it; undefined when the text has syntax errors, or when
 * what `alloy fmt` prints for it would have some.
 *
 * @param name the file's name in diagnostics
 */
export function format(name: string, text: string): { text: string | undefined; diagnostics: Diagnostic[] } {
  const { file, diagnostics } = parse(name, text);
  if (diagnostics.length > 0) return { text: undefined, diagnostics };
  const printed = print(file);
  const moved = movedComment(file);
  if (moved === undefined || parse(name, printed).diagnostics.length === 0)
    return { text: printed, diagnostics };
  const span = new LineIndex(name, text).span(moved.start, moved.end);
  const message = "alloy fmt moves this comment to where it ends the statement too early";
  const hint = "put the comment on a line of its own, before the statement";
  return { text: undefined, diagnostics: [error("alloy/unprintable", message, { span, hint })] };
}

/**
 * The first comment that may end a statement in the canonical form: one that ends a line, and that is printed behind
 * the next token, since the printer is not told where a name after a dot or a closing parenthesis stands.
 */
function movedComment({ text, comments }: File): Comment | undefined {
  let previousEnd = 0;
  let afterDot = false;
  let endsLine: Comment | undefined;
  for (const comment of comments) {
    const code = text.slice(previousEnd, comment.start).trimEnd();
    if (code !== "") {
      afterDot = code.endsWith(".");
      endsLine = undefined;
    }
    if (comment.text.startsWith("//") || comment.text.includes("\n")) endsLine ??= comment;
    if (afterDot || text.slice(comment.end).trimStart().startsWith(")")) {
      if (endsLine !== undefined) return endsLine;
    }
    previousEnd = comment.end;
  }
  return undefined;
}

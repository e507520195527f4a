import type { TextEdit } from "../diagnostics/index.ts";
import type { Attribute, Block, File, Statement } from "./ast.ts";
import { render, type Item } from "./builder.ts";

/**
 * The text with all edits made; every other byte stays. Edits may come in any order.
 *
 * @throws RangeError when two edits overlap or one lies outside the text.
 */
export function applyEdits(text: string, edits: readonly TextEdit[]): string {
  let result = "";
  let done = 0;
  for (const edit of edits.toSorted((a, b) => a.start - b.start || a.end - b.end)) {
    if (edit.start < done || edit.end < edit.start || edit.end > text.length) {
      throw new RangeError(
        `the edit of ${edit.start} to ${edit.end} overlaps another one or lies outside the text`,
      );
    }
    result += text.slice(done, edit.start) + edit.text;
    done = edit.end;
  }
  return result + text.slice(done);
}

/** Gives an attribute another value, which is Alloy source: `"12h"`, `sys.env("X")`. */
export function replaceValue({ value }: Attribute, source: string): TextEdit {
  return { start: value.start, end: value.end, text: source };
}

/**
 * Removes a statement. Where nothing else stands on its lines they go too, with a comment at their end; of two
 * empty lines left beside each other one goes.
 */
export function removeStatement({ text }: File, statement: Statement): TextEdit {
  const lineStart = text.lastIndexOf("\n", statement.start - 1) + 1;
  const lineEnd = endOfLine(text, statement.end);
  const alone =
    text.slice(lineStart, statement.start).trim() === "" &&
    /^[ \t\r]*(\/\/.*)?$/.test(text.slice(statement.end, lineEnd).trimEnd());
  if (!alone) return { start: statement.start, end: statement.end, text: "" };
  let end = Math.min(lineEnd + 1, text.length);
  const emptyBefore = /(^|\n|\{)[ \t\r]*\n$/.test(text.slice(0, lineStart));
  const emptyAfter = /^[ \t\r]*\n/.exec(text.slice(end));
  if (emptyBefore && emptyAfter !== null) end += emptyAfter[0].length;
  return { start: lineStart, end, text: "" };
}

/** Adds statements at the end of a block's body, indented as the statements before them are. */
export function appendStatements({ text }: File, block: Block, items: readonly Item[]): TextEdit {
  const blockIndent = indentOf(text, block.start);
  const last = block.body.at(-1);
  const indent = last === undefined ? `${blockIndent}\t` : indentOf(text, last.start);
  const lines = indentLines(render(items), indent);
  const bodyText = text.slice(block.open + 1, block.close);
  if (!bodyText.includes("\n")) {
    const before = bodyText.trim() === "" ? "" : `\n${indent}${bodyText.trim()}`;
    return { start: block.open + 1, end: block.close, text: `${before}\n${lines}${blockIndent}` };
  }
  const closeLine = text.lastIndexOf("\n", block.close) + 1;
  const ownLine = text.slice(closeLine, block.close).trim() === "";
  const at = ownLine ? closeLine : block.close;
  return { start: at, end: at, text: ownLine ? lines : `\n${lines}${blockIndent}` };
}

/** Adds statements after another one, on lines of their own. */
export function insertAfter({ text }: File, statement: Statement, items: readonly Item[]): TextEdit {
  const at = endOfLine(text, statement.end);
  return {
    start: at,
    end: at,
    text: `\n${indentLines(render(items), indentOf(text, statement.start))}`.trimEnd(),
  };
}

function endOfLine(text: string, offset: number): number {
  const end = text.indexOf("\n", offset);
  return end === -1 ? text.length : end;
}

function indentOf(text: string, offset: number): string {
  const line = text.slice(text.lastIndexOf("\n", offset - 1) + 1, offset);
  return /^[ \t]*/.exec(line)?.[0] ?? "";
}

function indentLines(text: string, indent: string): string {
  return text.replace(/^(?=.)/gm, indent);
}

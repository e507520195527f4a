import { Aligner } from "./aligner.ts";
import type { File } from "./ast.ts";
import type { LineCursor } from "./line-cursor.ts";

/** Blanks and line breaks that are owed before the next token. `section` is a line break that ends alignment. */
export type Whitespace = "blank" | "column" | "newline" | "section" | "indent" | "unindent";

/** What acts as layout within a literal, as `split` keeps it. In double quotes a form feed is text: a line break would leave them open. */
const LAYOUT_IN_QUOTES = /([\t\v])/;
const LAYOUT_IN_RAW = /([\t\v\n\f])/;

/** More line breaks than this between two tokens are cut. */
const MAX_NEWLINES = 2;

/** Offset and line of what comes after everything. */
const END = Number.POSITIVE_INFINITY;

interface PrintedComment {
  text: string;
  line: number;
  /** Where the comment ends when its carriage returns are not counted. */
  endLine: number;
}

/** Comments with nothing between them but blanks and single line breaks. They are printed together. */
interface CommentGroup {
  start: number;
  comments: PrintedComment[];
}

/**
 * Writes tokens, with the comments of the source between them. A comment goes before the first token that
 * stands behind it in the source. Where a token stands is known only for some; for the others it is taken to
 * be right behind the one before, which decides on which side of a `=` or `)` a comment ends up.
 */
export class TokenWriter {
  readonly #aligner = new Aligner();
  readonly #lines: LineCursor;
  readonly #groups: readonly CommentGroup[];
  #nextGroup = 0;
  /** What is owed: the first #owed of these. Not emptied, since filling an emptied array costs a new one. */
  readonly #pending: Whitespace[] = [];
  #owed = 0;
  #indent = 0;
  #atLineStart = true;
  #empty = true;
  #afterNumber = false;
  /** Where the next token stands in the source, as far as is known. */
  #offset = 0;
  #line = 1;
  /** The line of the source on which the last token or comment ended. */
  #lastLine = 1;

  constructor(file: File, lines: LineCursor) {
    this.#lines = lines;
    this.#groups = groupComments(file, lines);
  }

  /** Owes whitespace: it is written only if a token follows. */
  space(whitespace: Whitespace): void {
    this.#pending[this.#owed++] = whitespace;
    this.#afterNumber = false;
  }

  /** Writes a token that stands at offset `at`, or right behind the last one. */
  token(text: string, at?: number): void {
    this.#write(text, at, undefined);
  }

  /** Writes a literal; see `token`. */
  literal(raw: string, type: string, at: number): void {
    const layout = raw.startsWith("`") ? LAYOUT_IN_RAW : LAYOUT_IN_QUOTES;
    this.#write(raw, at, type === "string" && layout.test(raw) ? layout : undefined);
    this.#afterNumber = type === "number";
  }

  #write(text: string, at: number | undefined, layout: RegExp | undefined): void {
    if (at !== undefined) {
      this.#offset = at;
      this.#line = this.#lines.line(at);
    }
    // "1 .a" without its blank would be the number "1." and "a".
    if (text === "." && this.#afterNumber) this.space("blank");
    this.#afterNumber = false;
    if (this.#commentBefore(this.#offset)) this.#writeComments(this.#offset, this.#line);
    else this.#writePending();
    this.#startText();
    // Tabs and line breaks within a string are taken for alignment: the canonical form of `a<tab>b` has blanks.
    if (layout === undefined) {
      this.#aligner.text(text);
    } else {
      this.#aligner.interpreted(text, layout);
      this.#line += countLineBreaks(text);
    }
    this.#offset += text.length;
    this.#lastLine = this.#line;
  }

  /** The whole text, without a line break at its end. */
  finish(): string {
    if (this.#commentBefore(END)) this.#writeComments(END, END);
    return this.#aligner.finish();
  }

  #commentBefore(offset: number): boolean {
    const group = this.#groups[this.#nextGroup];
    return group !== undefined && group.start <= offset;
  }

  /** Writes the comments before the token at `offset`, and the whitespace around them. */
  #writeComments(offset: number, nextLine: number): void {
    let last: PrintedComment | undefined;
    while (this.#commentBefore(offset)) {
      for (const comment of this.#groups[this.#nextGroup++]?.comments ?? []) {
        this.#separateFromToken(comment, nextLine);
        this.#startText();
        this.#aligner.verbatim(comment.text);
        this.#lastLine = comment.line + countLineBreaks(comment.text);
        last = comment;
      }
    }
    if (last !== undefined && offset !== END) this.#separateToken(last, nextLine);
  }

  /** What goes before a comment: a blank or tab on the line of the last token, else at most one empty line. */
  #separateFromToken(comment: PrintedComment, nextLine: number): void {
    if (this.#empty) return;
    if (comment.line === this.#lastLine) {
      this.#startText();
      if (comment.line === nextLine) this.#aligner.text(" ");
      else this.#aligner.tab();
      return;
    }
    // Up to the first line break that is owed: the indentation applies to the comment, the break is its own.
    let first = 0;
    while (first < this.#owed && isIndentation(this.#pending[first])) first++;
    if (first < this.#owed) {
      for (let at = 0; at < first; at++) this.#writeSpace(this.#pending[at]);
      this.#pending.copyWithin(0, first + 1, this.#owed);
      this.#owed -= first + 1;
    }
    this.#breakLines(comment.line - this.#lastLine, "section");
  }

  /** What goes between the last comment and the token after it, in place of the whitespace that was owed. */
  #separateToken(last: PrintedComment, nextLine: number): void {
    if (last.text.startsWith("/*") && nextLine === last.endLine) {
      this.#startText();
      this.#aligner.text(" ");
    }
    let endsSection = false;
    for (let at = 0; at < this.#owed; at++) {
      const whitespace = this.#pending[at];
      endsSection ||= whitespace === "section";
      if (isIndentation(whitespace)) this.#writeSpace(whitespace);
    }
    this.#owed = 0;
    this.#breakLines(nextLine - this.#lastLine, endsSection ? "section" : "newline");
  }

  #breakLines(count: number, kind: "newline" | "section"): void {
    if (count <= 0) return;
    this.#startText();
    for (let left = Math.min(count, MAX_NEWLINES); left > 0; left--) {
      if (kind === "section") this.#aligner.newSection();
      else this.#aligner.newline();
    }
    this.#atLineStart = true;
  }

  #writePending(): void {
    for (let at = 0; at < this.#owed; at++) this.#writeSpace(this.#pending[at]);
    this.#owed = 0;
  }

  #writeSpace(whitespace: Whitespace | undefined): void {
    switch (whitespace) {
      case "indent":
        this.#indent++;
        break;
      case "unindent":
        this.#indent--;
        break;
      case "blank":
        this.#startText();
        this.#aligner.text(" ");
        break;
      case "column":
        this.#startText();
        this.#aligner.column();
        break;
      case "newline":
        this.#breakLines(1, "newline");
        break;
      case "section":
        this.#breakLines(1, "section");
        break;
      case undefined:
        break;
    }
  }

  /** Writes the indentation when nothing stands on the line yet. */
  #startText(): void {
    if (this.#atLineStart) for (let depth = this.#indent; depth > 0; depth--) this.#aligner.tab();
    this.#atLineStart = false;
    this.#empty = false;
  }
}

function isIndentation(whitespace: Whitespace | undefined): boolean {
  return whitespace === "indent" || whitespace === "unindent";
}

function groupComments({ text: source, comments }: File, lines: LineCursor): CommentGroup[] {
  const groups: CommentGroup[] = [];
  let previousEnd = 0;
  let previousEndLine = 0;
  for (const comment of comments) {
    const text = withoutCarriageReturns(comment.text);
    const line = lines.line(comment.start);
    const endLine = lines.line(comment.start + text.length - 1);
    const adjacent = line <= previousEndLine + 1 && source.slice(previousEnd, comment.start).trim() === "";
    const printed = { text, line, endLine };
    const group = adjacent ? groups.at(-1) : undefined;
    if (group !== undefined) group.comments.push(printed);
    else groups.push({ start: comment.start, comments: [printed] });
    previousEnd = comment.end;
    previousEndLine = line + countLineBreaks(text);
  }
  return groups;
}

/** Carriage returns go, except where a block comment would end earlier without one. */
function withoutCarriageReturns(comment: string): string {
  if (!comment.includes("\r")) return comment;
  if (comment.startsWith("//")) return comment.replaceAll("\r", "");
  return comment.replace(/(\*?)\r+(?=\/)|\r/g, (_, star: string | undefined, at: number) =>
    star === "*" ? (at > 1 ? "*\r" : "*") : "",
  );
}

function countLineBreaks(text: string): number {
  let count = 0;
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) count++;
  return count;
}

import type { Token } from "./token.ts";

/** Takes what the scanner found wrong between two offsets, `end` exclusive. */
export type OnScanError = (start: number, end: number, message: string, hint?: string) => void;

const LETTER = /^\p{L}$/u;
const DIGIT = /^\p{Nd}$/u;
const BYTE_ORDER_MARK = 0xfeff;
const END = -1;

/**
 * Splits Alloy text into tokens, one at each call of `scan`, in one pass.
 *
 *     comment    = "//" { character } | "/*" { character } "*" "/"
 *     identifier = letter { letter | digit }
 *     number     = digits
 *     float      = ( digits [ "." [ digits ] ] | "." digits ) [ "e" [ "+" | "-" ] digits ]
 *     string     = '"' { character | escape } '"' | "`" { character | newline } "`"
 *
 * The end of a line is a token where a statement can end there: after an identifier, a literal or a closing
 * bracket.
 */
export class Scanner {
  readonly #text: string;
  readonly #report: OnScanError;
  #at: number;
  #lineEndsStatement = false;

  /** The kind of the token that `scan` found, and where it stands; `end` exclusive. */
  token: Token = "end of file";
  start = 0;
  end = 0;

  constructor(text: string, report: OnScanError) {
    this.#text = text;
    this.#report = report;
    this.#at = text.charCodeAt(0) === BYTE_ORDER_MARK ? 1 : 0;
  }

  /** Moves to the next token. At the end of the text it stays at "end of file". */
  scan(): void {
    this.#skipBlanks();
    this.start = this.#at;
    this.token = this.#next();
    this.end = this.#at;
  }

  #peek(ahead = 0): number {
    const at = this.#at + ahead;
    return at < this.#text.length ? this.#text.charCodeAt(at) : END;
  }

  #skipBlanks(): void {
    for (; this.#at < this.#text.length; this.#at++) {
      const code = this.#text.charCodeAt(this.#at);
      const blank =
        code === 0x20 || code === 0x09 || code === 0x0d || (code === 0x0a && !this.#lineEndsStatement);
      if (!blank) return;
    }
  }

  #next(): Token {
    const code = this.#peek();
    if (isAsciiLetter(code) || (code >= 0x80 && this.#isAt(LETTER))) return this.#identifier();
    if (isDecimal(code) || (code === 0x2e && isDecimal(this.#peek(1)))) return this.#number();
    if (code === 0x2f) return this.#slash();
    if (code === END) return this.#endOfFile();
    this.#at++;
    const wasAtStatementEnd = this.#lineEndsStatement;
    this.#lineEndsStatement = false;
    switch (code) {
      case 0x0a:
        return "end of line";
      case 0x22:
      case 0x60:
        return this.#string(code);
      case 0x27:
        this.#string(code);
        this.#report(
          this.start,
          this.#at,
          "strings are written in double quotes",
          "write \"...\" instead of '...'",
        );
        return "illegal";
      case 0x7c:
        return this.#double("|", "||");
      case 0x26:
        return this.#double("&", "&&");
      case 0x21:
        return this.#followedByEquals() ? "!=" : "!";
      case 0x3d:
        return this.#followedByEquals() ? "==" : "=";
      case 0x3c:
        return this.#followedByEquals() ? "<=" : "<";
      case 0x3e:
        return this.#followedByEquals() ? ">=" : ">";
      case 0x2b:
        return "+";
      case 0x2d:
        return "-";
      case 0x2a:
        return "*";
      case 0x25:
        return "%";
      case 0x5e:
        return "^";
      case 0x7b:
        return "{";
      case 0x28:
        return "(";
      case 0x5b:
        return "[";
      case 0x2c:
        return ",";
      case 0x2e:
        return ".";
      case 0x7d:
        return this.#closing("}");
      case 0x29:
        return this.#closing(")");
      case 0x5d:
        return this.#closing("]");
      default:
        return this.#illegal(wasAtStatementEnd);
    }
  }

  #closing(token: Token): Token {
    this.#lineEndsStatement = true;
    return token;
  }

  #endOfFile(): Token {
    if (!this.#lineEndsStatement) return "end of file";
    this.#lineEndsStatement = false;
    return "end of line";
  }

  #illegal(wasAtStatementEnd: boolean): Token {
    this.#lineEndsStatement = wasAtStatementEnd;
    const character = String.fromCodePoint(this.#text.codePointAt(this.start) ?? 0);
    this.#at = this.start + character.length;
    const code = character.codePointAt(0) ?? 0;
    // NUL and byte order marks are reported wherever they stand, also within strings and comments.
    if (code !== 0 && code !== BYTE_ORDER_MARK) {
      this.#report(this.start, this.#at, `illegal character ${unicodeName(character)}`, hintFor(character));
    }
    return "illegal";
  }

  #double(half: string, token: Token): Token {
    if (this.#text[this.#at] === half) this.#at++;
    else this.#report(this.start, this.#at, `'${half}' is no operator`, `write ${token}`);
    return token;
  }

  #followedByEquals(): boolean {
    if (this.#peek() !== 0x3d) return false;
    this.#at++;
    return true;
  }

  #isAt(pattern: { test(text: string): boolean }): boolean {
    const code = this.#text.codePointAt(this.#at);
    return code !== undefined && pattern.test(String.fromCodePoint(code));
  }

  #identifier(): Token {
    for (;;) {
      const code = this.#peek();
      if (isAsciiLetter(code) || isDecimal(code)) this.#at++;
      else if (code >= 0x80 && (this.#isAt(LETTER) || this.#isAt(DIGIT))) {
        this.#at += (this.#text.codePointAt(this.#at) ?? 0) > 0xffff ? 2 : 1;
      } else break;
    }
    this.#lineEndsStatement = true;
    switch (this.#text.slice(this.start, this.#at)) {
      case "true":
      case "false":
        return "bool";
      case "null":
        return "null";
      default:
        return "identifier";
    }
  }

  #number(): Token {
    let token: Token = "number";
    this.#digits();
    if (this.#peek() === 0x2e) {
      token = "float";
      this.#at++;
      this.#digits();
    }
    if ((this.#peek() | 0x20) === 0x65) {
      token = "float";
      this.#at++;
      if (this.#peek() === 0x2b || this.#peek() === 0x2d) this.#at++;
      if (this.#digits() === 0) this.#report(this.start, this.#at, "the exponent has no digits");
    }
    this.#lineEndsStatement = true;
    return token;
  }

  #digits(): number {
    const from = this.#at;
    while (isDecimal(this.#peek())) this.#at++;
    return this.#at - from;
  }

  /** The rest of a string after its opening quote. Only a raw string may hold line breaks. */
  #string(quote: number): Token {
    this.#lineEndsStatement = true;
    const raw = quote === 0x60;
    for (;;) {
      const code = this.#peek();
      if (code === END || (code === 0x0a && !raw)) {
        this.#report(this.start, this.#at, "the string is not closed");
        return "string";
      }
      this.#at++;
      if (code === quote) return "string";
      if (code === 0x5c && !raw) this.#escape();
    }
  }

  /** An escape after its backslash; stops before a character that does not belong to it. */
  #escape(): void {
    const start = this.#at - 1;
    const code = this.#peek();
    const letter = String.fromCharCode(code);
    if (code !== END && 'abfnrtv\\"'.includes(letter)) {
      this.#at++;
      return;
    }
    const octal = code >= 0x30 && code <= 0x37;
    const length = octal ? 3 : letter === "x" ? 2 : letter === "u" ? 4 : letter === "U" ? 8 : 0;
    if (length === 0) {
      const end = Math.min(this.#at + 1, this.#text.length);
      this.#report(
        start,
        end,
        "unknown escape sequence",
        "write \\\\ for a backslash, or use a `raw string`",
      );
      return;
    }
    if (!octal) this.#at++;
    let value = 0;
    for (let left = length; left > 0; left--, this.#at++) {
      const digit = Number.parseInt(this.#text.charAt(this.#at), octal ? 8 : 16);
      if (Number.isNaN(digit)) {
        this.#report(
          start,
          this.#at,
          `the escape sequence needs ${length} ${octal ? "octal" : "hexadecimal"} digits`,
        );
        return;
      }
      value = value * (octal ? 8 : 16) + digit;
    }
    if (value > (octal ? 0xff : 0x10ffff) || (value >= 0xd800 && value < 0xe000)) {
      this.#report(start, this.#at, "the escape sequence stands for no character");
    }
  }

  #slash(): Token {
    const second = this.#peek(1);
    if (second !== 0x2f && second !== 0x2a) {
      this.#lineEndsStatement = false;
      this.#at++;
      return "/";
    }
    // A comment that runs to the end of the line ends the statement before it.
    if (this.#lineEndsStatement && this.#commentsEndLine()) {
      this.#lineEndsStatement = false;
      return "end of line";
    }
    this.#lineEndsStatement = false;
    if (second === 0x2f) {
      const end = this.#text.indexOf("\n", this.#at);
      this.#at = end === -1 ? this.#text.length : end;
    } else {
      const close = this.#text.indexOf("*/", this.#at + 2);
      this.#at = close === -1 ? this.#text.length : close + 2;
      if (close === -1) this.#report(this.start, this.start + 2, "the block comment is not closed");
    }
    return "comment";
  }

  /** Whether nothing but comments stands between here and a line break, which may be inside a comment. */
  #commentsEndLine(): boolean {
    const text = this.#text;
    let at = this.#at;
    while (text.startsWith("/*", at)) {
      const close = text.indexOf("*/", at + 2);
      if (close === -1 || text.slice(at + 2, close).includes("\n")) return true;
      at = close + 2;
      while (text[at] === " " || text[at] === "\t" || text[at] === "\r") at++;
    }
    return at >= text.length || text[at] === "\n" || text.startsWith("//", at);
  }
}

function isAsciiLetter(code: number): boolean {
  return (code >= 0x61 && code <= 0x7a) || (code >= 0x41 && code <= 0x5a) || code === 0x5f;
}

function isDecimal(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

function unicodeName(character: string): string {
  const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0");
  return `U+${code} '${character}'`;
}

/** What was probably meant by a character that Alloy does not know. */
function hintFor(character: string): string | undefined {
  switch (character) {
    case ":":
      return "write = between a name and its value";
    case "#":
      return "comments start with //";
    case ";":
      return "statements end with the line; remove the semicolon";
    case "“":
    case "”":
      return 'use plain double quotes: "';
    default:
      return undefined;
  }
}

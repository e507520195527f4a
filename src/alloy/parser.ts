import { error, LineIndex, type Diagnostic } from "../diagnostics/index.ts";
import type {
  AccessExpression,
  ArrayExpression,
  Attribute,
  BinaryExpression,
  Block,
  CallExpression,
  Comment,
  Expression,
  File,
  Identifier,
  IndexExpression,
  Literal,
  ObjectExpression,
  ObjectField,
  Statement,
} from "./ast.ts";
import { isIdentifier } from "./identifier.ts";
import { Scanner } from "./scanner.ts";
import { unquote } from "./string-literal.ts";
import { describe, precedence, type BinaryOperator, type Token } from "./token.ts";

export interface Parsed {
  /** What could be understood; complete when `diagnostics` is empty. */
  file: File;
  diagnostics: Diagnostic[];
}

/** No tree is deeper than this, so that code that walks one may recurse. */
export const MAX_DEPTH = 256;

/** After so many syntax errors the text is something else than Alloy. */
const MAX_DIAGNOSTICS = 100;

/**
 * Parses an Alloy file. Never throws: whatever is wrong becomes diagnostics, and parsing goes on after each.
 *
 * @param name the file's name in diagnostics
 */
export function parse(name: string, text: string): Parsed {
  return new Parser(name, text).parseFile();
}

/** A name at the start of a statement, before it is known what it names. */
interface BlockName {
  parts: Identifier[];
  label: Block["label"];
  hasLabel: boolean;
}

/**
 * A parser by recursive descent. Each method opens with the grammar of what it reads; the grammar is LL(1).
 * At most one parse error is reported per line, since the second is nearly always due to the first.
 */
class Parser {
  readonly #name: string;
  readonly #text: string;
  readonly #scanner: Scanner;
  readonly #comments: Comment[] = [];
  readonly #diagnostics: Diagnostic[] = [];
  #lineIndex: LineIndex | undefined;
  #lastErrorLine = 0;
  #depth = 0;
  #stopped = false;

  constructor(name: string, text: string) {
    this.#name = name;
    this.#text = text;
    this.#scanner = new Scanner(text, (start, end, message, hint) =>
      this.#reportAt(start, end, message, hint),
    );
    this.#reportForbidden("\0", 0, "NUL byte");
    this.#reportForbidden("\ufeff", 1, "byte order mark within the file");
    this.#next();
  }

  // File = Body
  parseFile(): Parsed {
    const body = this.#body("end of file");
    const file: File = {
      kind: "file",
      name: this.#name,
      text: this.#text,
      body,
      comments: this.#comments,
      start: 0,
      end: this.#text.length,
    };
    this.#diagnostics.sort((a, b) => (a.span?.start.offset ?? 0) - (b.span?.start.offset ?? 0));
    return { file, diagnostics: this.#diagnostics };
  }

  /**
   * Body = [ Statement { end-of-line Statement } ]
   *
   * Reads up to `until` without consuming it.
   */
  #body(until: Token): Statement[] {
    const body: Statement[] = [];
    while (this.#current() !== until && this.#current() !== "end of file") {
      const statement = this.#statement();
      if (statement !== undefined) body.push(statement);
      if (this.#current() === until) break;
      if (this.#current() !== "end of line") {
        this.#expected("end of line", "each statement stands on a line of its own");
        this.#skipStatement();
      }
      this.#next();
    }
    return body;
  }

  // Statement = Attribute | Block
  // Attribute = identifier "=" Expression
  // Block     = BlockName "{" Body "}"
  #statement(): Statement | undefined {
    const name = this.#blockName();
    if (name === undefined) {
      this.#skipStatement();
      return undefined;
    }
    if (this.#current() === "=") return this.#attribute(name);
    if (this.#current() === "{") return this.#block(name);
    const wanted = name.parts.length === 1 && !name.hasLabel ? "'=' or '{'" : "'{'";
    this.#expected(wanted);
    this.#skipStatement();
    return undefined;
  }

  #attribute({ parts, label, hasLabel }: BlockName): Attribute | undefined {
    this.#next();
    const [name] = parts;
    const last = parts.at(-1);
    if (name === undefined || last === undefined) return undefined;
    if (parts.length > 1) {
      this.#reportAt(
        name.start,
        last.end,
        "the name of an attribute has no dots",
        "write a block: name { ... }",
      );
    } else if (hasLabel) {
      this.#reportAt(label?.start ?? name.start, label?.end ?? name.end, "an attribute has no label");
    }
    const value = this.#expression();
    return { kind: "attribute", name, value, start: name.start, end: value.end };
  }

  #block({ parts, label }: BlockName): Block {
    const start = parts[0]?.start ?? this.#scanner.start;
    const open = this.#expect("{");
    const body = this.#nestedBody();
    const close = this.#expect("}");
    return { kind: "block", name: parts, label, body, open, close, start, end: close + 1 };
  }

  #nestedBody(): Statement[] {
    if (!this.#enter()) return [];
    const body = this.#body("}");
    this.#depth--;
    return body;
  }

  // BlockName = identifier { "." identifier } [ string ]
  #blockName(): BlockName | undefined {
    if (this.#current() !== "identifier") {
      this.#expected("identifier");
      return undefined;
    }
    const parts = [this.#identifier()];
    while (this.#current() === ".") {
      this.#next();
      if (this.#current() !== "identifier") this.#expected("identifier");
      parts.push(this.#identifier());
    }
    if (this.#current() === "=" || this.#current() === "{")
      return { parts, label: undefined, hasLabel: false };
    if (this.#current() !== "string") {
      this.#expected(parts.length === 1 ? "'=', '{' or a label" : "'{' or a label");
      return { parts, label: undefined, hasLabel: false };
    }
    const label = this.#label();
    this.#next();
    return { parts, label, hasLabel: true };
  }

  #label(): Block["label"] {
    const { start, end } = this.#scanner;
    const raw = this.#text.slice(start, end);
    if (!raw.startsWith('"')) this.#errorHere("a block label is written in double quotes");
    if (raw.length <= 2) return undefined;
    const value = raw.slice(1, -1);
    if (!isIdentifier(value)) {
      this.#errorHere(
        `the block label ${raw} is no identifier`,
        "use letters, digits and underscores, starting with no digit",
      );
    }
    return { value, start, end };
  }

  // Expression = BinaryExpression
  #expression(): Expression {
    if (!this.#enter()) return this.#nothing();
    const expression = this.#binary(1);
    this.#depth--;
    return expression;
  }

  /**
   * OrExpr  = AndExpr { "||" AndExpr }
   * AndExpr = CmpExpr { "&&" CmpExpr }
   * CmpExpr = AddExpr { cmp_op AddExpr }
   * AddExpr = MulExpr { add_op MulExpr }
   * MulExpr = PowExpr { mul_op PowExpr }
   *
   * `tightness` is the precedence of the loosest operator that may be read.
   */
  #binary(tightness: number): Expression {
    let left = this.#power();
    const depth = this.#depth;
    for (;;) {
      const operator = this.#current();
      const binding = precedence(operator);
      if (binding < tightness || !this.#enter()) break;
      const operatorAt = this.#scanner.start;
      this.#next();
      left = binaryExpression(left, operator as BinaryOperator, operatorAt, this.#binary(binding + 1));
    }
    this.#depth = depth;
    return left;
  }

  // PowExpr = UnaryExpr [ "^" PowExpr ]
  #power(): Expression {
    const left = this.#unary();
    if (this.#current() !== "^") return left;
    const operatorAt = this.#scanner.start;
    this.#next();
    if (!this.#enter()) return left;
    const right = this.#power();
    this.#depth--;
    return binaryExpression(left, "^", operatorAt, right);
  }

  // UnaryExpr = OperExpr | ( "!" | "-" ) UnaryExpr
  #unary(): Expression {
    const operator = this.#current();
    if (operator !== "!" && operator !== "-") return this.#postfix();
    const { start } = this.#scanner;
    this.#next();
    if (!this.#enter()) return this.#nothing();
    const value = this.#unary();
    this.#depth--;
    return { kind: "unary", operator, value, start, end: value.end };
  }

  // OperExpr = PrimaryExpr { AccessExpr | IndexExpr | CallExpr }
  #postfix(): Expression {
    let value = this.#primary();
    const depth = this.#depth;
    for (;;) {
      const next = this.#oneMore(value);
      if (next === undefined || !this.#enter()) break;
      value = next;
    }
    this.#depth = depth;
    return value;
  }

  // AccessExpr = "." identifier
  // IndexExpr  = "[" Expression "]"
  // CallExpr   = "(" [ ExpressionList ] ")"
  #oneMore(value: Expression): Expression | undefined {
    switch (this.#current()) {
      case ".":
        return this.#access(value);
      case "[":
        return this.#index(value);
      case "(":
        return this.#call(value);
      case "string":
      case "{":
        this.#blockInPlaceOfExpression(value);
        return undefined;
      default:
        return undefined;
    }
  }

  #access(value: Expression): AccessExpression {
    this.#next();
    if (this.#current() !== "identifier") this.#expected("identifier");
    const name = this.#identifier();
    return { kind: "access", value, name, start: value.start, end: name.end };
  }

  #index(value: Expression): IndexExpression {
    const open = this.#expect("[");
    const index = this.#expression();
    const close = this.#expect("]");
    return { kind: "index", value, index, open, start: value.start, end: close + 1 };
  }

  #call(callee: Expression): CallExpression {
    const open = this.#expect("(");
    const args = this.#expressionList(")");
    const close = this.#expect(")");
    return { kind: "call", callee, args, open, start: callee.start, end: close + 1 };
  }

  /** `name = block "label" { ... }`: says that it is no expression, instead of one error per line of it. */
  #blockInPlaceOfExpression(value: Expression): void {
    if (this.#current() === "string") this.#next();
    const opened = this.#current() === "{";
    this.#expect("{");
    if (opened) {
      this.#nestedBody();
      if (this.#current() === "}") {
        this.#reportAt(value.start, this.#scanner.end, "a block is no expression", "remove the = before it");
        this.#next();
        return;
      }
      this.#expect("}");
    }
    this.#skipStatement();
  }

  /**
   * PrimaryExpr = identifier | string | number | float | bool | null
   *             | "(" Expression ")" | "[" [ ExpressionList ] "]" | "{" [ FieldList ] "}"
   */
  #primary(): Expression {
    const { start, end } = this.#scanner;
    const token = this.#current();
    switch (token) {
      case "identifier": {
        const { name } = this.#identifier();
        return { kind: "identifier-expression", name, start, end };
      }
      case "string":
      case "number":
      case "float":
      case "bool":
      case "null":
        return this.#literal(token);
      case "(": {
        this.#next();
        const inner = this.#expression();
        return { kind: "paren", inner, start, end: this.#expect(")") + 1 };
      }
      case "[":
        return this.#array();
      case "{":
        return this.#object();
      default:
        this.#expected("an expression");
        while (!EXPRESSION_ENDS.has(this.#current())) this.#next();
        return this.#nothing();
    }
  }

  #literal(type: Literal["type"]): Literal {
    const { start, end } = this.#scanner;
    const raw = this.#text.slice(start, end);
    this.#next();
    return { kind: "literal", type, raw, value: literalValue(type, raw), start, end };
  }

  // ArrayExpr = "[" [ ExpressionList ] "]"
  #array(): ArrayExpression {
    const start = this.#expect("[");
    const elements = this.#expressionList("]");
    return { kind: "array", elements, start, end: this.#expect("]") + 1 };
  }

  // ExpressionList = Expression { "," Expression } [ "," ]
  #expressionList(until: Token): Expression[] {
    return this.#list(until, () => this.#expression());
  }

  // ObjectExpr = "{" [ FieldList ] "}"
  // FieldList  = Field { "," Field } [ "," ]
  #object(): ObjectExpression {
    const start = this.#expect("{");
    const fields = this.#list("}", () => this.#field());
    return { kind: "object", fields, start, end: this.#expect("}") + 1 };
  }

  #list<Element>(until: Token, read: () => Element): Element[] {
    const list: Element[] = [];
    while (this.#current() !== until && this.#current() !== "end of file") {
      list.push(read());
      if (this.#current() === until) break;
      if (this.#current() !== ",") {
        this.#errorHere(
          "a ',' is missing",
          "every element is followed by a comma, also the last one of several lines",
        );
      }
      this.#next();
    }
    return list;
  }

  // Field = ( string | identifier ) "=" Expression
  #field(): ObjectField {
    const { start, end } = this.#scanner;
    const name: Identifier = { kind: "identifier", name: "", start, end: start };
    let quoted = false;
    if (this.#current() === "string" || this.#current() === "identifier") {
      const raw = this.#text.slice(start, end);
      quoted = this.#current() === "string" && raw.length > 2;
      name.name = quoted ? raw.slice(1, -1) : raw;
      name.end = end;
      this.#next();
    } else {
      this.#expected("a field name");
      this.#skipTo("=");
    }
    this.#expect("=");
    const value = this.#expression();
    return { kind: "field", name, quoted, value, start, end: value.end };
  }

  /** The current token as an identifier; consumes it. */
  #identifier(): Identifier {
    const { start, end } = this.#scanner;
    this.#next();
    return { kind: "identifier", name: this.#text.slice(start, end), start, end };
  }

  /** Stands for an expression that is not there. */
  #nothing(): Literal {
    const { start } = this.#scanner;
    return { kind: "literal", type: "null", raw: "null", value: null, start, end: start };
  }

  // The current token, and ways past it.

  #current(): Token {
    return this.#stopped ? "end of file" : this.#scanner.token;
  }

  #next(): void {
    if (this.#stopped) return;
    this.#scanner.scan();
    while (this.#scanner.token === "comment") {
      const { start, end } = this.#scanner;
      this.#comments.push({ kind: "comment", text: this.#text.slice(start, end), start, end });
      this.#scanner.scan();
    }
  }

  /** Consumes the current token, which ought to be `token`, and gives its offset. */
  #expect(token: Token): number {
    const at = this.#scanner.start;
    if (this.#current() === token) {
      this.#next();
      return at;
    }
    this.#expected(describe(token));
    this.#next();
    return at;
  }

  #skipTo(token: Token): void {
    while (this.#current() !== token && this.#current() !== "end of file") this.#next();
  }

  /** Goes to the end of the line that ends the statement, past everything in brackets. */
  #skipStatement(): void {
    let braces = 0;
    let brackets = 0;
    let parentheses = 0;
    while (this.#current() !== "end of file") {
      const token: Token = this.#current();
      if (token === "{") braces++;
      else if (token === "}") braces--;
      else if (token === "[") brackets++;
      else if (token === "]") brackets--;
      else if (token === "(") parentheses++;
      else if (token === ")") parentheses--;
      else if (token === "end of line" && braces <= 0 && brackets <= 0 && parentheses <= 0) return;
      this.#next();
    }
  }

  // Depth.

  /** One level deeper, unless that is too deep: then parsing stops. Whoever enters decrements the depth again. */
  #enter(): boolean {
    if (this.#stopped) return false;
    if (this.#depth < MAX_DEPTH) {
      this.#depth++;
      return true;
    }
    this.#diagnose(
      this.#scanner.start,
      this.#scanner.end,
      "alloy/too-deep",
      `nested deeper than ${MAX_DEPTH} levels`,
    );
    this.#stopped = true;
    return false;
  }

  // Errors.

  /** Made for the first error: most files have none. */
  get #lines(): LineIndex {
    return (this.#lineIndex ??= new LineIndex(this.#name, this.#text));
  }

  #expected(what: string, hint?: string): void {
    const { token, start, end } = this.#scanner;
    // The scanner has said what is wrong with an illegal character.
    if (token === "illegal" && this.#diagnostics.at(-1)?.span?.start.offset === start) {
      this.#lastErrorLine = this.#lines.position(start).line;
      return;
    }
    this.#errorHere(
      `expected ${what}, got ${describe(this.#current())}`,
      hint,
      token === "end of file" ? start : end,
    );
  }

  #errorHere(message: string, hint?: string, end = this.#scanner.end): void {
    const { start } = this.#scanner;
    const { line } = this.#lines.position(start);
    if (line === this.#lastErrorLine) return;
    this.#lastErrorLine = line;
    this.#reportAt(start, end, message, hint);
  }

  #reportAt(start: number, end: number, message: string, hint?: string): void {
    this.#diagnose(start, end, "alloy/syntax", message, hint);
  }

  #diagnose(
    start: number,
    end: number,
    code: "alloy/syntax" | "alloy/too-deep",
    message: string,
    hint?: string,
  ): void {
    if (this.#stopped) return;
    const span = this.#lines.span(start, end);
    this.#diagnostics.push(error(code, message, hint === undefined ? { span } : { span, hint }));
    if (this.#diagnostics.length >= MAX_DIAGNOSTICS) this.#stopped = true;
  }

  /** NUL bytes and the like are wrong wherever they stand, in comments and strings too. */
  #reportForbidden(character: string, from: number, what: string): void {
    for (
      let at = this.#text.indexOf(character, from);
      at !== -1;
      at = this.#text.indexOf(character, at + 1)
    ) {
      this.#reportAt(at, at + 1, `illegal character: ${what}`);
      if (this.#stopped) return;
    }
  }
}

/** Where reading goes on after something that is no expression. */
const EXPRESSION_ENDS: ReadonlySet<Token> = new Set(["end of line", "end of file", ")", "}", "]", ","]);

function binaryExpression(
  left: Expression,
  operator: BinaryOperator,
  operatorAt: number,
  right: Expression,
): BinaryExpression {
  return { kind: "binary", left, operator, operatorAt, right, start: left.start, end: right.end };
}

/** A number is read as Go reads it with base 0: a leading zero makes it octal where its digits allow that. */
function literalValue(type: Literal["type"], raw: string): Literal["value"] {
  switch (type) {
    case "null":
      return null;
    case "bool":
      return raw === "true";
    case "number":
      return /^0[0-7]+$/.test(raw) ? Number.parseInt(raw, 8) : Number(raw);
    case "float":
      return Number(raw);
    case "string":
      return unquote(raw);
  }
}

import type {
  ArrayExpression,
  Attribute,
  Block,
  CallExpression,
  Expression,
  File,
  ObjectExpression,
  ObjectField,
  Statement,
} from "./ast.ts";
import { LineCursor } from "./line-cursor.ts";
import { quote } from "./string-literal.ts";
import { TokenWriter } from "./token-writer.ts";
import { blockName } from "./visitor.ts";

/** The canonical form of a parsed file; the file must have been parsed without errors. */
export function print(file: File): string {
  return new Printer(file).print();
}

/**
 * Walks a tree and says where blanks, line breaks and columns go. A line break of the source stays one where a
 * list, object or call allows it; everything else follows from the syntax.
 */
class Printer {
  readonly #file: File;
  readonly #lines: LineCursor;
  readonly #out: TokenWriter;

  constructor(file: File) {
    this.#file = file;
    this.#lines = new LineCursor(file.text);
    this.#out = new TokenWriter(file, this.#lines);
  }

  print(): string {
    this.#statements(this.#file.body);
    return `${this.#out.finish()}\n`;
  }

  #line(offset: number): number {
    return this.#lines.line(offset);
  }

  #isMultiline(node: { start: number; end: number }): boolean {
    return this.#line(node.start) !== this.#line(node.end - 1);
  }

  #statements(body: readonly Statement[]): void {
    let previousEnd: number | undefined;
    for (const statement of body) {
      // Lines are asked for in the order of the source, which is how they are found soonest.
      const start = this.#line(statement.start);
      if (previousEnd !== undefined && (statement.kind === "block" || start - previousEnd > 1))
        this.#out.space("section");
      if (statement.kind === "block") this.#block(statement);
      else this.#attribute(statement);
      previousEnd = this.#line(statement.end - 1);
      // What spans lines is not aligned with its neighbours.
      this.#out.space(start === previousEnd ? "newline" : "section");
    }
  }

  #attribute({ name, value }: Attribute): void {
    this.#out.token(name.name, name.start);
    this.#out.space("column");
    this.#out.token("=");
    this.#out.space("blank");
    this.#expression(value);
  }

  #block(block: Block): void {
    const { label, body, start, open, close } = block;
    this.#out.token(blockName(block), start);
    this.#out.space("blank");
    if (label !== undefined) {
      this.#out.token(`"${label.value}"`, label.start);
      this.#out.space("blank");
    }
    this.#out.token("{", open);
    this.#out.space("indent");
    if (body.length > 0) {
      this.#out.space("section");
      this.#statements(body);
    } else {
      this.#out.space("blank");
    }
    this.#out.space("unindent");
    this.#out.token("}", close);
  }

  #expression(expression: Expression): void {
    switch (expression.kind) {
      case "literal":
        this.#out.literal(expression.raw, expression.type, expression.start);
        break;
      case "array":
        this.#array(expression);
        break;
      case "object":
        this.#object(expression);
        break;
      case "identifier-expression":
        this.#out.token(expression.name, expression.start);
        break;
      case "access":
        this.#expression(expression.value);
        this.#out.token(".");
        this.#out.token(expression.name.name);
        break;
      case "index":
        this.#expression(expression.value);
        this.#out.token("[", expression.open);
        this.#expression(expression.index);
        this.#out.token("]", expression.end - 1);
        break;
      case "call":
        this.#call(expression);
        break;
      case "unary":
        this.#out.token(expression.operator, expression.start);
        this.#expression(expression.value);
        break;
      case "binary":
        this.#expression(expression.left);
        this.#out.space("blank");
        this.#out.token(expression.operator, expression.operatorAt);
        this.#out.space("blank");
        this.#expression(expression.right);
        break;
      case "paren":
        this.#out.token("(");
        this.#expression(expression.inner);
        this.#out.token(")");
    }
  }

  #array({ elements, start, end }: ArrayExpression): void {
    this.#out.token("[", start);
    let before = start;
    for (let index = 0; index < elements.length; index++) {
      const element = elements[index];
      if (element === undefined) break;
      const ownLine = this.#line(before) !== this.#line(element.start);
      // The indentation comes before the line break, so that it applies to comments there.
      if (ownLine) {
        this.#out.space("indent");
        this.#out.space("section");
      } else if (index > 0) this.#out.space("blank");
      this.#expression(element);
      if (index + 1 < elements.length) this.#out.token(",");
      if (ownLine) this.#out.space("unindent");
      before = element.end - 1;
    }
    if (elements.length > 0 && this.#line(before) !== this.#line(end - 1)) {
      this.#out.token(",");
      this.#out.space("indent");
      this.#out.space("section");
      this.#out.space("unindent");
    }
    this.#out.token("]", end - 1);
  }

  #object({ fields, start, end }: ObjectExpression): void {
    this.#out.token("{", start);
    this.#out.space("indent");
    let before = start;
    let previous: ObjectField | undefined;
    for (const field of fields) {
      if (previous !== undefined) this.#out.token(",");
      if (this.#line(field.start) !== this.#line(before)) {
        // Fields of one line each are aligned.
        this.#out.space(previous !== undefined && !this.#isMultiline(previous.value) ? "newline" : "section");
      } else if (previous !== undefined) {
        this.#out.space("blank");
      }
      this.#out.token(field.quoted ? quote(field.name.name) : field.name.name, field.start);
      this.#out.space("column");
      this.#out.token("=");
      this.#out.space("blank");
      this.#expression(field.value);
      before = field.start + field.name.name.length - 1;
      previous = field;
    }
    if (fields.length > 0 && this.#line(before) !== this.#line(end - 1)) {
      this.#out.token(",");
      this.#out.space("section");
    }
    this.#out.space("unindent");
    this.#out.token("}", end - 1);
  }

  #call({ callee, args, open, end }: CallExpression): void {
    this.#expression(callee);
    this.#out.token("(");
    let before = open;
    for (const [index, argument] of args.entries()) {
      const ownLine = this.#line(argument.start) !== this.#line(before);
      if (ownLine) {
        this.#out.space("section");
        this.#out.space("indent");
      }
      this.#expression(argument);
      before = argument.end - 1;
      if (index + 1 < args.length) {
        this.#out.token(",");
        this.#out.space("blank");
      }
      if (ownLine) this.#out.space("unindent");
    }
    // The original prints a comma also where there is no argument, which it cannot read again.
    if (args.length > 0 && this.#line(before) !== this.#line(end - 1)) {
      this.#out.token(",");
      this.#out.space("section");
    }
    this.#out.token(")");
  }
}

import type { BinaryOperator } from "./token.ts";

/**
 * The syntax tree of an Alloy file. Node kinds and names follow `syntax/ast` of the Go original, so that a
 * reader of one finds their way in the other. `start` and `end` are offsets into the file's text, `end`
 * exclusive; nothing else about position is stored, LineIndex turns offsets into lines.
 */
export interface Node {
  start: number;
  end: number;
}

export interface File extends Node {
  kind: "file";
  name: string;
  text: string;
  body: Statement[];
  comments: Comment[];
}

/** A comment with its markers, as it stands in the text: line comment (no line break) or block comment. */
export interface Comment extends Node {
  kind: "comment";
  text: string;
}

export interface Identifier extends Node {
  kind: "identifier";
  name: string;
}

export type Statement = Attribute | Block;

/** Attribute = identifier "=" Expression */
export interface Attribute extends Node {
  kind: "attribute";
  name: Identifier;
  value: Expression;
}

/** Block = identifier { "." identifier } [ string ] "{" Body "}" */
export interface Block extends Node {
  kind: "block";
  /** The parts of a dotted name: `stage.json` is ["stage", "json"]. */
  name: Identifier[];
  /** The label with its quotes removed, or undefined when there is none or it is empty. */
  label: { value: string; start: number; end: number } | undefined;
  body: Statement[];
  /** Offsets of the braces. */
  open: number;
  close: number;
}

export type Expression =
  | Literal
  | ArrayExpression
  | ObjectExpression
  | IdentifierExpression
  | AccessExpression
  | IndexExpression
  | CallExpression
  | UnaryExpression
  | BinaryExpression
  | ParenExpression;

/** A literal as it was written; `value` is what it means (a number may lose precision, `raw` does not). */
export interface Literal extends Node {
  kind: "literal";
  type: "null" | "bool" | "number" | "float" | "string";
  raw: string;
  value: null | boolean | number | string;
}

export interface ArrayExpression extends Node {
  kind: "array";
  elements: Expression[];
}

export interface ObjectField extends Node {
  kind: "field";
  /** A key in quotes means the text between them as it stands: Alloy expands no escapes there. */
  name: Identifier;
  /** True when the key was written as a string. */
  quoted: boolean;
  value: Expression;
}

export interface ObjectExpression extends Node {
  kind: "object";
  fields: ObjectField[];
}

export interface IdentifierExpression extends Node {
  kind: "identifier-expression";
  name: string;
}

export interface AccessExpression extends Node {
  kind: "access";
  value: Expression;
  name: Identifier;
}

export interface IndexExpression extends Node {
  kind: "index";
  value: Expression;
  index: Expression;
  /** Offset of the opening bracket. */
  open: number;
}

export interface CallExpression extends Node {
  kind: "call";
  callee: Expression;
  args: Expression[];
  /** Offset of the opening parenthesis. */
  open: number;
}

export interface UnaryExpression extends Node {
  kind: "unary";
  operator: "!" | "-";
  value: Expression;
}

export interface BinaryExpression extends Node {
  kind: "binary";
  operator: BinaryOperator;
  /** Offset of the operator. */
  operatorAt: number;
  left: Expression;
  right: Expression;
}

export interface ParenExpression extends Node {
  kind: "paren";
  inner: Expression;
}

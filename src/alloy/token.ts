/** What the scanner finds in a text. Operators are named by themselves. */
export type Token =
  | "illegal"
  | "end of file"
  /** The end of a line that ends a statement. */
  | "end of line"
  | "comment"
  | "identifier"
  | "number"
  | "float"
  | "string"
  | "bool"
  | "null"
  | BinaryOperator
  | "!"
  | "="
  | "{"
  | "}"
  | "("
  | ")"
  | "["
  | "]"
  | ","
  | ".";

export type BinaryOperator =
  "||" | "&&" | "==" | "!=" | "<" | "<=" | ">" | ">=" | "+" | "-" | "*" | "/" | "%" | "^";

/** How tightly a binary operator binds, from 1 (loosest) to 6; 0 for every other token. */
export function precedence(token: Token): number {
  switch (token) {
    case "||":
      return 1;
    case "&&":
      return 2;
    case "==":
    case "!=":
    case "<":
    case "<=":
    case ">":
    case ">=":
      return 3;
    case "+":
    case "-":
      return 4;
    case "*":
    case "/":
    case "%":
      return 5;
    case "^":
      return 6;
    default:
      return 0;
  }
}

/** A token as a message names it: words as they are, operators in quotes. */
export function describe(token: Token): string {
  return /^[a-z]/.test(token) ? (token === "illegal" ? "an illegal character" : token) : `'${token}'`;
}

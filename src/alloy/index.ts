export {
  attribute,
  blank,
  block,
  call,
  comment,
  object,
  raw,
  render,
  type Item,
  type ObjectValue,
  type Raw,
  type Value,
} from "./builder.ts";
export { isIdentifier, sanitizeIdentifier } from "./identifier.ts";
export { quote, unquote } from "./string-literal.ts";
export { MAX_DEPTH, parse, type Parsed } from "./parser.ts";
export { format, print } from "./printer.ts";
export type * from "./ast.ts";

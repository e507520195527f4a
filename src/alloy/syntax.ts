/**
 * The language alone, without components and checker, which take longer to load than most files to format: for who
 * only reads and prints.
 */
export { decode } from "./decode.ts";
export {
  attribute,
  blank,
  block,
  call,
  callOnLines,
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
export { parseDuration, parseSize } from "./units.ts";
export { MAX_DEPTH, parse, type Parsed } from "./parser.ts";
export { format } from "./format.ts";
export { print } from "./printer.ts";
export type * from "./ast.ts";
export { appendStatements, applyEdits, insertAfter, removeStatement, replaceValue } from "./edit.ts";
export type { TextEdit } from "../diagnostics/index.ts";
export { applyFixes } from "./fix.ts";
export {
  attributeNamed,
  blockName,
  children,
  referencePath,
  visit,
  type AnyNode,
  type Visitor,
} from "./visitor.ts";

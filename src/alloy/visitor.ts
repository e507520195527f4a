import type { Attribute, Block, Expression, File, Identifier, ObjectField, Statement } from "./ast.ts";

export type AnyNode = File | Statement | Expression | ObjectField | Identifier;

export interface Visitor {
  /** Called before a node's children; false skips them. */
  enter?: (node: AnyNode) => boolean | undefined;
  /** Called after a node's children, also where they were skipped. */
  leave?: (node: AnyNode) => void;
}

/** Walks a tree depth first, in the order of the source. */
export function visit(node: AnyNode, visitor: Visitor): void {
  if (visitor.enter?.(node) !== false) for (const child of children(node)) visit(child, visitor);
  visitor.leave?.(node);
}

/** The nodes directly below a node, in the order of the source. */
export function children(node: AnyNode): readonly AnyNode[] {
  switch (node.kind) {
    case "file":
      return node.body;
    case "block":
      return [...node.name, ...node.body];
    case "attribute":
    case "field":
      return [node.name, node.value];
    case "array":
      return node.elements;
    case "object":
      return node.fields;
    case "access":
      return [node.value, node.name];
    case "index":
      return [node.value, node.index];
    case "call":
      return [node.callee, ...node.args];
    case "unary":
      return [node.value];
    case "binary":
      return [node.left, node.right];
    case "paren":
      return [node.inner];
    case "literal":
    case "identifier":
    case "identifier-expression":
      return [];
  }
}

/** The dotted name of a block: `stage.json`. */
export function blockName(block: { name: readonly Identifier[] }): string {
  const [first] = block.name;
  if (block.name.length === 1 && first !== undefined) return first.name;
  return block.name.map((part) => part.name).join(".");
}

/** The attribute of this name directly in a block, the first where it stands twice. */
export function attributeNamed(block: Block, name: string): Attribute | undefined {
  for (const statement of block.body) {
    if (statement.kind === "attribute" && statement.name.name === name) return statement;
  }
  return undefined;
}

/** The dotted path of a reference such as `loki.write.default.receiver`; undefined for every other expression. */
export function referencePath(expression: Expression): string[] | undefined {
  const path: string[] = [];
  let at = expression;
  while (at.kind === "access") {
    path.push(at.name.name);
    at = at.value;
  }
  if (at.kind !== "identifier-expression") return undefined;
  path.push(at.name);
  return path.reverse();
}

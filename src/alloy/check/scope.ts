import type { Block, Expression, File, Statement } from "../ast.ts";
import {
  components,
  importBlocks,
  moduleBlocks,
  singletonBlocks,
  type ComponentSpec,
  type ValueType,
} from "../catalogue/index.ts";
import { blockName, children, referencePath, type AnyNode } from "../visitor.ts";
import type { Located } from "./context.ts";

/** A block at the top of a configuration, or of a module. */
export interface GraphNode {
  id: string;
  file: File;
  block: Block;
  /** What the catalogue says of it, where it is a component that it knows. */
  spec: ComponentSpec | undefined;
}

/** A reference as it stands: the path up to the first index or call. */
export interface Reference extends Located {
  path: string[];
}

/** What a reference leads to: the node and the rest of the path behind it. */
export interface Resolved {
  node: GraphNode;
  rest: string[];
}

/** The names that can be referred to within one body: the root, a module, or the template of a foreach. */
export class Scope {
  readonly isRoot: boolean;
  /** Names besides components and the standard library: `argument`, the variable of a foreach. */
  readonly variables: ReadonlySet<string>;
  readonly nodes = new Map<string, GraphNode>();
  readonly #parent: Scope | undefined;
  readonly #modules = new Set<string>();

  constructor(isRoot: boolean, variables: ReadonlySet<string>, parent?: Scope) {
    this.isRoot = isRoot;
    this.variables = variables;
    this.#parent = parent;
  }

  /** Makes a label of `declare` or `import` a name of components. */
  addModule(label: string): void {
    this.#modules.add(label);
  }

  /** True for components of modules, whose arguments are not known. */
  isFromModule(name: string): boolean {
    const namespace = name.split(".")[0] ?? name;
    return (
      this.#modules.has(name) || this.#modules.has(namespace) || this.#parent?.isFromModule(name) === true
    );
  }

  /** The longest beginning of a path that names a node, and what is left. */
  resolve(path: readonly string[]): Resolved | undefined {
    for (let length = path.length; length > 0; length--) {
      const node = this.nodes.get(path.slice(0, length).join("."));
      if (node !== undefined) return { node, rest: path.slice(length) };
    }
    return undefined;
  }

  /** The type of a reference to an export, where component and export are known. */
  typeOf(expression: Expression): ValueType | undefined {
    if (expression.kind === "index") {
      const type = this.typeOf(expression.value);
      return type?.kind === "list" || type?.kind === "map" ? type.of : undefined;
    }
    const path = referencePath(expression);
    const resolved = path === undefined ? undefined : this.resolve(path);
    const [name, ...inner] = resolved?.rest ?? [];
    if (resolved?.node.spec === undefined || name === undefined) return undefined;
    const { exports } = resolved.node.spec;
    let type = Object.hasOwn(exports, name) ? exports[name] : undefined;
    for (let depth = inner.length; depth > 0; depth--) type = type?.kind === "map" ? type.of : undefined;
    return type;
  }
}

/** The node that a block is in the graph. */
export function graphNode(file: File, block: Block): GraphNode {
  const name = blockName(block);
  const id = block.label === undefined ? name : `${name}.${block.label.value}`;
  return { id, file, block, spec: Object.hasOwn(components, name) ? components[name] : undefined };
}

/** True for blocks that configure Alloy or a module and are no components. */
export function isConfigBlock(name: string): boolean {
  return (
    Object.hasOwn(singletonBlocks, name) ||
    Object.hasOwn(moduleBlocks, name) ||
    Object.hasOwn(importBlocks, name) ||
    name === "declare" ||
    name === "foreach"
  );
}

/** Every reference in some statements, outermost first; bodies of modules are left out. */
export function referencesIn(statements: readonly Statement[]): Reference[] {
  const found: Reference[] = [];
  const collect = (node: AnyNode): void => {
    if (node.kind === "identifier-expression" || node.kind === "access") {
      const path = referencePath(node);
      if (path !== undefined) {
        found.push({ path, start: node.start, end: node.end });
        return;
      }
    }
    if (node.kind === "identifier") return;
    for (const child of children(node)) collect(child);
  };
  for (const statement of statements) collect(statement);
  return found;
}

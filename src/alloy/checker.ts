import type { Diagnostic } from "../diagnostics/index.ts";
import type { Block, File, Statement } from "./ast.ts";
import {
  components,
  foreachBlock,
  importBlocks,
  moduleBlocks,
  otherComponents,
  singletonBlocks,
  type BlockSpec,
} from "./catalogue/index.ts";
import { BlockCheck } from "./check/block-check.ts";
import {
  compareVersions,
  constantText,
  Context,
  head,
  type CheckOptions,
  type Located,
} from "./check/context.ts";
import { findCycles } from "./check/cycles.ts";
import { lint } from "./check/lints.ts";
import {
  graphNode,
  isConfigBlock,
  referencesIn,
  Scope,
  type GraphNode,
  type Reference,
} from "./check/scope.ts";
import { lookUpStdlib, NAMESPACES_SINCE } from "./check/stdlib.ts";
import { didYouMean } from "./check/suggest.ts";
import { blockName } from "./visitor.ts";

export type { CheckOptions } from "./check/context.ts";

/** A statement and the file it stands in. */
interface Placed {
  file: File;
  statement: Statement;
}

/**
 * What `alloy validate` finds in a configuration, and what only `alloy run` would find: wrong values that are
 * looked at when a component is built, and arguments that do not go together. Errors are what Alloy refuses;
 * warnings are lints.
 *
 * @param files the files of one configuration, parsed without errors
 */
export function check(files: File | readonly File[], options: CheckOptions): Diagnostic[] {
  const list = "kind" in files ? [files] : files;
  const context = new Context(options);
  const statements = list.flatMap((file) => file.body.map((statement) => ({ file, statement })));
  const scope = new Scope(true, new Set(["module_path"]));
  new ScopeCheck(context, scope).run(statements);
  lint(context, list, scope);
  return context.finish();
}

/** Checks the statements of one scope. */
class ScopeCheck {
  readonly #context: Context;
  readonly #scope: Scope;
  /** How many more references get a suggestion, each of which is compared with every export. */
  #suggestions = 20;

  constructor(context: Context, scope: Scope) {
    this.#context = context;
    this.#scope = scope;
  }

  run(statements: readonly Placed[]): void {
    const blocks = statements.flatMap(({ file, statement }) => {
      if (statement.kind === "block") return [graphNode(file, statement)];
      const message = `the attribute ${statement.name.name} stands outside any block`;
      this.#context.error(file, "alloy/misplaced", statement, message);
      return [];
    });
    for (const node of blocks) this.#register(node);
    for (const node of blocks) this.#checkBlock(node);
    this.#checkReferences(blocks);
  }

  #register(node: GraphNode): void {
    const name = blockName(node.block);
    const { label } = node.block;
    if (label !== undefined && (name === "declare" || name.startsWith("import.")))
      this.#scope.addModule(label.value);
    const first = this.#scope.nodes.get(this.#identity(node));
    if (first === undefined) {
      this.#scope.nodes.set(this.#identity(node), node);
      return;
    }
    const { line } = this.#context.span(first.file, first.block).start;
    this.#context.error(
      node.file,
      "alloy/duplicate",
      head(node.block),
      `${node.id} is already declared in ${first.file.name}, line ${line}`,
      "give it another label",
    );
  }

  /** A label on a singleton means nothing, so that two of them are the same. */
  #identity(node: GraphNode): string {
    const name = blockName(node.block);
    return Object.hasOwn(singletonBlocks, name) ? name : node.id;
  }

  #checkBlock(node: GraphNode): void {
    const name = blockName(node.block);
    if (name === "declare") this.#checkDeclare(node);
    else if (name === "foreach") this.#checkForeach(node);
    else if (isConfigBlock(name)) this.#checkConfigBlock(node, name);
    else this.#checkComponent(node, name);
  }

  #checkConfigBlock(node: GraphNode, name: string): void {
    const singleton = Object.hasOwn(singletonBlocks, name) ? singletonBlocks[name] : undefined;
    const inModule = Object.hasOwn(moduleBlocks, name) ? moduleBlocks[name] : undefined;
    const imported = Object.hasOwn(importBlocks, name) ? importBlocks[name] : undefined;
    if (inModule !== undefined && this.#scope.isRoot) {
      this.#misplaced(node, `${name} stands only within declare`);
    } else if (singleton !== undefined && !this.#scope.isRoot) {
      this.#misplaced(node, `${name} stands only at the top of a configuration`);
    }
    if (singleton === undefined) this.#needLabel(node, name);
    const spec = singleton ?? inModule ?? imported;
    if (spec !== undefined) this.#checkAgainst(node, spec);
  }

  #checkComponent(node: GraphNode, name: string): void {
    if (this.#scope.isFromModule(name)) {
      this.#needLabel(node, name);
    } else if (node.spec !== undefined) {
      this.#needLabel(node, name);
      this.#checkAgainst(node, node.spec);
    } else if (otherComponents.has(name)) {
      this.#needLabel(node, name);
    } else {
      const names = [
        ...Object.keys(components),
        ...otherComponents,
        ...Object.keys(singletonBlocks),
        "declare",
      ];
      const at = { start: node.block.start, end: node.block.name.at(-1)?.end ?? node.block.open };
      const message = `there is no component ${name}`;
      this.#context.error(node.file, "alloy/unknown-component", at, message, didYouMean(name, names));
    }
  }

  #checkAgainst(node: GraphNode, spec: BlockSpec): void {
    new BlockCheck(this.#context, node.file, node.block, spec, (expression) =>
      this.#scope.typeOf(expression),
    ).run();
  }

  #checkDeclare(node: GraphNode): void {
    this.#needLabel(node, "declare");
    // A module sees its own names, the standard library, and the modules declared around it.
    const inner = new Scope(false, new Set(["argument", "module_path"]), this.#scope);
    const isComment = (statement: Statement): boolean =>
      statement.kind === "attribute" && statement.name.name === "comment";
    const body = node.block.body.filter((statement) => !isComment(statement));
    new ScopeCheck(this.#context, inner).run(body.map((statement) => ({ file: node.file, statement })));
  }

  #checkForeach(node: GraphNode): void {
    this.#needLabel(node, "foreach");
    const { body } = node.block;
    const template = body.find(
      (statement) => statement.kind === "block" && blockName(statement) === "template",
    );
    const rest = body.filter((statement) => statement !== template);
    this.#checkAgainst({ ...node, block: { ...node.block, body: rest } }, foreachBlock);
    if (template?.kind !== "block") {
      this.#context.error(
        node.file,
        "alloy/missing-block",
        head(node.block),
        "foreach needs a block template",
      );
      return;
    }
    const variable = rest.find(
      (statement) => statement.kind === "attribute" && statement.name.name === "var",
    );
    const name = variable?.kind === "attribute" ? constantText(variable.value) : undefined;
    const variables = new Set([...this.#scope.variables, ...(name === undefined ? [] : [name])]);
    const inner = new Scope(this.#scope.isRoot, variables, this.#scope);
    for (const [id, outer] of this.#scope.nodes) inner.nodes.set(id, outer);
    new ScopeCheck(this.#context, inner).run(
      template.body.map((statement) => ({ file: node.file, statement })),
    );
  }

  #needLabel(node: GraphNode, name: string): void {
    if (node.block.label !== undefined) return;
    this.#context.error(
      node.file,
      "alloy/missing-label",
      head(node.block),
      `${name} needs a label`,
      `write ${name} "name" { ... }`,
    );
  }

  #misplaced(node: GraphNode, message: string): void {
    this.#context.error(node.file, "alloy/misplaced", head(node.block), message);
  }

  // References.

  #checkReferences(blocks: readonly GraphNode[]): void {
    const graph = new Map<string, Set<string>>();
    for (const node of blocks) {
      const edges = new Set<string>();
      for (const reference of referencesIn(this.#bodyOf(node.block))) {
        const target = this.#checkReference(node, reference);
        if (target !== undefined) edges.add(target.id);
      }
      if (edges.has(node.id)) {
        this.#context.error(node.file, "alloy/cycle", head(node.block), `${node.id} refers to itself`);
        edges.delete(node.id);
      }
      graph.set(node.id, edges);
    }
    for (const cycle of findCycles(graph)) this.#reportCycle(cycle);
  }

  /** The statements whose references belong to a node: not those of scopes of their own. */
  #bodyOf(block: Block): readonly Statement[] {
    const name = blockName(block);
    if (name === "declare") return [];
    if (name !== "foreach") return block.body;
    return block.body.filter((statement) => statement.kind === "attribute");
  }

  #checkReference(from: GraphNode, reference: Reference): GraphNode | undefined {
    const { path } = reference;
    const resolved = this.#scope.resolve(path);
    if (resolved !== undefined) {
      this.#checkExport(from, reference, resolved.node, resolved.rest);
      return resolved.node;
    }
    const [first = ""] = path;
    if (this.#scope.variables.has(first)) return undefined;
    const entry = lookUpStdlib(path);
    if (entry === undefined) this.#undefined(from, reference);
    else if (entry.kind === "deprecated") this.#deprecated(from, reference, first, entry.newName);
    else if (entry.kind === "unknown") {
      const name = path[1] ?? "";
      const hint = didYouMean(name, entry.members) ?? `${first} has ${entry.members.join(", ")}`;
      this.#context.error(from.file, "alloy/undefined", reference, `${first} has no ${name}`, hint);
    }
    return undefined;
  }

  #deprecated(from: GraphNode, { start, end }: Reference, name: string, newName: string): void {
    if (compareVersions(this.#context.options.alloyVersion, NAMESPACES_SINCE) < 0) return;
    this.#context.warning(
      from.file,
      "alloy/deprecated",
      { start, end },
      `${name} is deprecated`,
      `write ${newName}`,
      {
        title: `wrote ${newName} for ${name}`,
        edits: [{ start, end: start + name.length, text: newName }],
      },
    );
  }

  #undefined(from: GraphNode, reference: Reference): void {
    const name = reference.path.join(".");
    const message = `${name} does not exist, or not in this scope`;
    const hint = this.#suggestions-- > 0 ? didYouMean(name, this.#exported()) : undefined;
    this.#context.error(from.file, "alloy/undefined", reference, message, hint);
  }

  /** Everything that can be referred to. */
  #exported(): string[] {
    return [...this.#scope.nodes.values()].flatMap((node) =>
      Object.keys(node.spec?.exports ?? {}).map((name) => `${node.id}.${name}`),
    );
  }

  #checkExport(from: GraphNode, reference: Reference, node: GraphNode, rest: readonly string[]): void {
    const [name] = rest;
    if (node.spec === undefined || name === undefined) return;
    const names = Object.keys(node.spec.exports);
    if (names.includes(name)) return;
    const at: Located = { start: reference.end - rest.join(".").length, end: reference.end };
    const hint = didYouMean(name, names) ?? `it exports ${names.join(", ") || "nothing"}`;
    this.#context.error(from.file, "alloy/undefined", at, `${node.id} exports no ${name}`, hint);
    this.#context.refusedAtRun(from.file, from.block);
  }

  #reportCycle(ids: readonly string[]): void {
    const names = ids.toSorted();
    const more = names.length > 5 ? ` and ${names.length - 5} more` : "";
    const message = `${names.slice(0, 5).join(", ")}${more} feed each other in a circle`;
    for (const id of names) {
      const node = this.#scope.nodes.get(id);
      if (node === undefined) continue;
      this.#context.error(
        node.file,
        "alloy/cycle",
        head(node.block),
        message,
        "remove one of the references",
      );
    }
  }
}

import type { Code, Fix } from "../../diagnostics/index.ts";
import type { Attribute, Block, Expression, File } from "../ast.ts";
import type { BlockSpec, ValueType } from "../catalogue/index.ts";
import { blockName } from "../visitor.ts";
import {
  compareVersions,
  constantBool,
  constantNumber,
  constantText,
  head,
  type Context,
  type Located,
} from "./context.ts";
import { ruleFor } from "./rules.ts";
import { didYouMean } from "./suggest.ts";
import { checkValue } from "./values.ts";

/** Says what type a reference has, where it is known. */
export type TypeOf = (expression: Expression) => ValueType | undefined;

/**
 * Checks one block of a component, and the blocks in it, against what the catalogue says of them. Rules ask it
 * for the values of its arguments.
 */
export class BlockCheck {
  readonly context: Context;
  readonly file: File;
  readonly block: Block;
  readonly typeOf: TypeOf;
  readonly #spec: BlockSpec;
  /** The check of the block around this one; undefined for a component. */
  readonly #parent: BlockCheck | undefined;
  readonly #attributes = new Map<string, Attribute>();

  constructor(
    context: Context,
    file: File,
    block: Block,
    spec: BlockSpec,
    typeOf: TypeOf,
    parent?: BlockCheck,
  ) {
    this.context = context;
    this.file = file;
    this.block = block;
    this.typeOf = typeOf;
    this.#spec = spec;
    this.#parent = parent;
  }

  run(): void {
    const counts = new Map<string, number>();
    for (const statement of this.block.body) {
      if (statement.kind === "attribute") this.#checkAttribute(statement);
      else this.#checkBlock(statement, counts);
    }
    this.#checkMissing(counts);
    const parent = this.#parent === undefined ? undefined : blockName(this.#parent.block);
    ruleFor(blockName(this.block), parent)?.(this);
  }

  // What rules ask.

  attribute(name: string): Attribute | undefined {
    return this.#attributes.get(name);
  }

  /** The text of an attribute: its default where it is absent, undefined where it is known only when running. */
  text(name: string): string | undefined {
    const attribute = this.#attributes.get(name);
    return attribute === undefined ? defaultOf(this.#spec, name) : constantText(attribute.value);
  }

  number(name: string): number | undefined {
    const attribute = this.#attributes.get(name);
    if (attribute === undefined) return Number(defaultOf(this.#spec, name));
    return constantNumber(attribute.value);
  }

  bool(name: string): boolean | undefined {
    const attribute = this.#attributes.get(name);
    return attribute === undefined ? defaultOf(this.#spec, name) === "true" : constantBool(attribute.value);
  }

  /** True when the attribute is there and its value is not known to be empty, zero or null. */
  isGiven(name: string): boolean {
    const attribute = this.#attributes.get(name);
    if (attribute === undefined) return false;
    const { value } = attribute;
    if (value.kind === "literal" && value.type === "null") return false;
    return constantText(value) !== "";
  }

  /** The blocks directly in this one that have this name. */
  blocks(name: string): Block[] {
    return this.block.body.filter(
      (statement): statement is Block => statement.kind === "block" && blockName(statement) === name,
    );
  }

  error(code: Code, at: Located, message: string, hint?: string, fix?: Fix): void {
    this.context.error(this.file, code, at, message, hint, fix);
  }

  /** A conflict that `alloy validate` does not see; at an attribute where it is there, else at the block. */
  conflict(message: string, attribute?: string, hint?: string, fix?: Fix): void {
    this.error("alloy/conflict", this.at(attribute), message, hint, fix);
    this.refusedAtRun();
  }

  /** The default of an attribute as Alloy source, where the catalogue knows one. */
  defaultSource(name: string): string | undefined {
    return Object.hasOwn(this.#spec.attributes, name) ? this.#spec.attributes[name]?.default : undefined;
  }

  /** Where an attribute stands, or the head of the block without it. */
  at(attribute?: string): Located {
    const found = attribute === undefined ? undefined : this.#attributes.get(attribute);
    return found ?? head(this.block);
  }

  refusedAtRun(): void {
    if (this.#parent === undefined) this.context.refusedAtRun(this.file, this.block);
    else this.#parent.refusedAtRun();
  }

  // Statements.

  #checkAttribute(attribute: Attribute): void {
    const { name } = attribute.name;
    const spec = Object.hasOwn(this.#spec.attributes, name) ? this.#spec.attributes[name] : undefined;
    if (spec === undefined) {
      if (Object.hasOwn(this.#spec.blocks, name)) {
        this.error(
          "alloy/misplaced",
          attribute,
          `${name} is a block, not an attribute`,
          `write ${name} { ... }`,
        );
      } else {
        const names = Object.keys(this.#spec.attributes);
        this.error(
          "alloy/unknown-attribute",
          attribute.name,
          `${blockName(this.block)} has no attribute ${name}`,
          didYouMean(name, names) ?? `it has ${names.join(", ") || "none"}`,
        );
      }
      return;
    }
    if (this.#attributes.has(name)) {
      this.error("alloy/duplicate", attribute, `${name} stands twice`, "remove one of the two");
      return;
    }
    this.#attributes.set(name, attribute);
    this.#checkSince(attribute.name, name, spec.since);
    checkValue(this, attribute.value, spec.type);
  }

  #checkBlock(block: Block, counts: Map<string, number>): void {
    const name = blockName(block);
    const child = Object.hasOwn(this.#spec.blocks, name) ? this.#spec.blocks[name] : undefined;
    if (child === undefined) {
      if (Object.hasOwn(this.#spec.attributes, name)) {
        this.error(
          "alloy/misplaced",
          head(block),
          `${name} is an attribute, not a block`,
          `write ${name} = ...`,
        );
      } else {
        const names = Object.keys(this.#spec.blocks);
        this.error(
          "alloy/unknown-block",
          head(block),
          `${blockName(this.block)} has no block ${name}`,
          didYouMean(name, names) ?? `it has ${names.join(", ") || "none"}`,
        );
      }
      return;
    }
    const count = (counts.get(name) ?? 0) + 1;
    counts.set(name, count);
    if (count === 2 && !child.repeatable) {
      this.error("alloy/duplicate", head(block), `${name} may stand once`, "remove one of the two");
    }
    if (block.label !== undefined) {
      const { start, end } = block.label;
      this.error("alloy/misplaced", block.label, `${name} takes no label`, "remove it", {
        title: `removed the label of ${name}`,
        edits: [{ start: block.name.at(-1)?.end ?? start, end, text: "" }],
      });
      this.refusedAtRun();
    }
    this.#checkSince(head(block), name, child.since);
    new BlockCheck(this.context, this.file, block, child.spec, this.typeOf, this).run();
  }

  #checkMissing(counts: ReadonlyMap<string, number>): void {
    for (const [name, spec] of Object.entries(this.#spec.attributes)) {
      if (!spec.required || this.#attributes.has(name)) continue;
      this.error(
        "alloy/missing-attribute",
        head(this.block),
        `${blockName(this.block)} needs the attribute ${name}`,
        `add ${name} = ...`,
      );
    }
    for (const [name, child] of Object.entries(this.#spec.blocks)) {
      if (!child.required || counts.has(name)) continue;
      this.error("alloy/missing-block", head(this.block), `${blockName(this.block)} needs a block ${name}`);
    }
  }

  #checkSince(at: Located, name: string, since: string | undefined): void {
    const { alloyVersion } = this.context.options;
    if (since === undefined || compareVersions(alloyVersion, since) >= 0) return;
    this.error(
      "alloy/too-new",
      at,
      `${name} is known from Alloy ${since} on; this is for ${alloyVersion}`,
      "leave it out, or move to a newer release",
    );
  }
}

/** The default of an attribute as the text that it means. */
function defaultOf(spec: BlockSpec, name: string): string {
  const source = Object.hasOwn(spec.attributes, name) ? (spec.attributes[name]?.default ?? "") : "";
  return source.replace(/^"(.*)"$/, "$1");
}

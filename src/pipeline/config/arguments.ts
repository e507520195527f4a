import {
  parseDuration,
  parseSize,
  type Attribute,
  type Block,
  type Expression,
  type Node,
  type Statement,
} from "../../alloy/index.ts";
import { PatternError, Regex } from "../regex.ts";
import { evaluate, EvaluationError, type Scope } from "./evaluate.ts";
import { Capsule, isList, isObject, typeName, type Value } from "./value.ts";

/** An argument that a component or stage cannot be built with; becomes a diagnostic at `node`. */
export class ArgumentError extends Error {
  readonly node: Node;

  constructor(message: string, node: Node) {
    super(message);
    this.node = node;
  }
}

/**
 * Reads the arguments of one block, evaluated and checked for their type. A method without a fallback demands the
 * argument. `null` counts as not given, and numbers and strings turn into each other, as Alloy decodes them.
 * All methods throw ArgumentError.
 */
export class Arguments {
  readonly node: Node;
  readonly #body: readonly Statement[];
  readonly #scope: Scope;

  constructor(block: Block, scope: Scope) {
    this.node = block;
    this.#body = block.body;
    this.#scope = scope;
  }

  /** True when the argument is given and not null. */
  has(name: string): boolean {
    return this.value(name) !== undefined;
  }

  /** The evaluated argument, undefined when it is not given or null. */
  value(name: string): Value | undefined {
    const found = this.#attribute(name);
    if (found === undefined) return undefined;
    return this.#evaluate(found.value) ?? undefined;
  }

  string(name: string, fallback?: string): string {
    const value = this.value(name) ?? fallback ?? this.#missing(name);
    if (typeof value === "string") return value;
    if (typeof value === "number") return String(value);
    return this.#mismatch(name, "a string", value);
  }

  number(name: string, fallback?: number): number {
    const value = this.value(name) ?? fallback ?? this.#missing(name);
    if (typeof value === "number") return value;
    if (typeof value === "string" && value.trim() !== "" && Number.isFinite(Number(value)))
      return Number(value);
    return this.#mismatch(name, "a number", value);
  }

  bool(name: string, fallback?: boolean): boolean {
    const value = this.value(name) ?? fallback ?? this.#missing(name);
    return typeof value === "boolean" ? value : this.#mismatch(name, "a bool", value);
  }

  /** Nanoseconds. */
  duration(name: string, fallback?: string): bigint {
    const text = this.string(name, fallback);
    return (
      parseDuration(text) ??
      this.fail(`${JSON.stringify(text)} is not a duration such as "12h" or "1m30s"`, name)
    );
  }

  /** Bytes of a size such as "16B" or "1KiB". */
  bytes(name: string, fallback?: string): number {
    const text = this.string(name, fallback);
    return (
      parseSize(text) ?? this.fail(`${JSON.stringify(text)} is not a size such as "16B" or "1KiB"`, name)
    );
  }

  regex(name: string, fallback?: string): Regex {
    return this.compile(name, () => new Regex(this.string(name, fallback)));
  }

  /** The value must be one of `choices`. */
  choice<T extends string>(name: string, choices: readonly T[], fallback: T): T {
    const text = this.string(name, fallback);
    return (
      choices.find((choice) => choice === text) ??
      this.fail(`${name} must be one of ${choices.join(", ")}`, name)
    );
  }

  strings(name: string, fallback?: readonly string[]): readonly string[] {
    const value = this.value(name) ?? fallback ?? this.#missing(name);
    if (!isList(value)) return this.#mismatch(name, "a list of strings", value);
    return value.map((item) =>
      typeof item === "string" ? item : this.#mismatch(name, "a list of strings", item),
    );
  }

  /** A map of strings; a null value counts as "". */
  map(name: string, fallback?: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
    const value = this.value(name) ?? fallback ?? this.#missing(name);
    if (!isObject(value)) return this.#mismatch(name, "a map of strings", value);
    const strings = new Map<string, string>();
    for (const [key, item] of value) {
      if (item === null || typeof item === "string") strings.set(key, item ?? "");
      else if (typeof item === "number") strings.set(key, String(item));
      else this.#mismatch(`${name}.${key}`, "a string", item);
    }
    return strings;
  }

  /** The components whose receivers are listed. */
  receivers(name: string): readonly string[] {
    const value = this.value(name) ?? this.#missing(name);
    if (!isList(value)) return this.#mismatch(name, "a list of receivers", value);
    return value.map((item) => {
      return item instanceof Capsule ? item.component : this.#mismatch(name, "a list of receivers", item);
    });
  }

  /** The component that a single capsule of this kind is of. */
  capsule(name: string, kind: Capsule["kind"]): string | undefined {
    const value = this.value(name);
    if (value === undefined) return undefined;
    if (value instanceof Capsule && value.kind === kind) return value.component;
    return this.#mismatch(name, kind === "rules" ? "the rules of a relabel component" : `a ${kind}`, value);
  }

  /** Targets: a list of maps of strings. */
  targets(name: string): readonly ReadonlyMap<string, string>[] {
    const value = this.value(name) ?? this.#missing(name);
    if (!isList(value)) return this.#mismatch(name, "a list of targets", value);
    return value.map((target) => {
      if (!isObject(target)) return this.#mismatch(name, "a list of targets", target);
      return new Map(
        [...target].map(([key, item]) => [key, item === null ? "" : String(item as string | number)]),
      );
    });
  }

  /** The blocks inside whose dotted name is or begins with `name`, in order. */
  blocks(name: string): readonly Block[] {
    return this.#body.filter(
      (statement): statement is Block => statement.kind === "block" && statement.name[0]?.name === name,
    );
  }

  /** The arguments of the only block of that name, undefined when there is none. */
  block(name: string): Arguments | undefined {
    const [found] = this.blocks(name);
    return found && this.inside(found);
  }

  /** The arguments of a block inside this one. */
  inside(block: Block): Arguments {
    return new Arguments(block, this.#scope);
  }

  /** Runs `work`, placing a refused pattern at the argument it came from. */
  compile<T>(name: string, work: () => T): T {
    try {
      return work();
    } catch (caught) {
      if (caught instanceof PatternError) return this.fail(caught.message, name);
      throw caught;
    }
  }

  /** Refuses the argument `name`, or the whole block. */
  fail(message: string, name?: string): never {
    throw new ArgumentError(
      message,
      (name === undefined ? undefined : this.#attribute(name)?.value) ?? this.node,
    );
  }

  #attribute(name: string): Attribute | undefined {
    return this.#body.find(
      (statement): statement is Attribute => statement.kind === "attribute" && statement.name.name === name,
    );
  }

  #evaluate(expression: Expression): Value {
    try {
      return evaluate(expression, this.#scope);
    } catch (caught) {
      if (caught instanceof EvaluationError)
        throw new ArgumentError(caught.message, caught.node ?? expression);
      throw caught;
    }
  }

  #missing(name: string): never {
    return this.fail(`${name} is missing`);
  }

  #mismatch(name: string, wanted: string, value: Value): never {
    return this.fail(`${name} must be ${wanted}, not ${typeName(value)}`, name.split(".")[0]);
  }
}

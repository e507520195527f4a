import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  parseAllDocuments,
  type Document,
  type Node,
  type Pair,
  type Scalar as YamlScalar,
} from "yaml";
import { error, LineIndex, warning, type Diagnostic, type Span } from "../diagnostics/index.ts";

/**
 * A YAML scalar that is not null, with the text it was written as: Go's YAML reads `012` as ten into a number
 * and as "012" into a string, so the type of the field decides, not the scalar.
 */
export class Scalar {
  /** The scalar's text, unquoted and unescaped. */
  readonly text: string;
  /** What YAML 1.1 takes it for. */
  readonly value: string | bigint | number | boolean;

  constructor(text: string, value: string | bigint | number | boolean) {
    this.text = text;
    this.value = value;
  }
}

/** A YAML value: mappings are plain objects, sequences arrays, and null is null. */
export type Yaml = Scalar | null | readonly Yaml[] | { readonly [key: string]: Yaml };

export type YamlPath = readonly (string | number)[];

/** Where a value stands, and the key it stands under. */
interface Place {
  key: Node | undefined;
  value: Node | undefined;
}

/** A YAML text as a tree whose places can be looked up by path. */
export interface YamlSource {
  file: string;
  value: Yaml;
  diagnostics: Diagnostic[];
  /** The span of the value at `path`; of the nearest enclosing value that has one when there is none. */
  span(path: YamlPath): Span;
  /** The span of the key at `path`. */
  keySpan(path: YamlPath): Span;
}

/**
 * Reads YAML 1.1 as Go's yaml.v2 does: `yes` is a boolean, `<<` merges, a repeated key is an error, and only
 * the first document counts. JSON is read too, being a subset.
 */
export function readYaml(file: string, text: string): YamlSource {
  const index = new LineIndex(file, text);
  const parsed = parseAllDocuments(text, {
    version: "1.1",
    merge: true,
    intAsBigInt: true,
    keepSourceTokens: false,
  });
  const documents = Array.isArray(parsed) ? (parsed as Document.Parsed[]) : [];
  const first = documents[0];
  const diagnostics = (first?.errors ?? []).map(({ message, pos }): Diagnostic => {
    const tooDeep = message.startsWith("Maximum call stack");
    const reason = (message.split("\n")[0] ?? message).replace(/ at line \d+, column \d+:?$/, "");
    return error("promtail/yaml", tooDeep ? "the nesting is too deep" : reason, { span: index.span(...pos) });
  });
  const second = documents[1];
  if (second !== undefined) {
    diagnostics.push(
      warning("promtail/more-documents", "only the first YAML document is read", {
        span: index.span(second.range[0], second.range[0] + 1),
        hint: "put the whole configuration into one document",
      }),
    );
  }
  const lifter = new Lifter(first, index, diagnostics);
  const broken = diagnostics.some(({ severity }) => severity === "error");
  const value = broken ? null : lifter.lift(first?.contents);
  const root: Place = { key: undefined, value: first?.contents ?? undefined };
  const placeOf = (path: YamlPath): Place => {
    let place = root;
    let at: unknown = value;
    for (const step of path) {
      const next = typeof at === "object" && at !== null ? lifter.places.get(at)?.get(step) : undefined;
      if (next === undefined) return place;
      place = next;
      at = (at as Record<string | number, unknown>)[step];
    }
    return place;
  };
  const spanOf = (node: Node | undefined): Span => index.span(node?.range?.[0] ?? 0, node?.range?.[1] ?? 0);
  return {
    file,
    value,
    diagnostics,
    span: (path) => {
      const { key, value: node } = placeOf(path);
      return spanOf(node?.range ? node : key);
    },
    keySpan: (path) => {
      const { key, value: node } = placeOf(path);
      return spanOf(key ?? node);
    },
  };
}

/** More values than any configuration has: aliases of aliases that would never end. */
const MAX_VALUES = 100_000;
/** More mappings and lists inside each other than any configuration has. */
const MAX_DEPTH = 500;

/** Turns the nodes of a document into values, and keeps where each of them came from. */
class Lifter {
  readonly places = new WeakMap<object, Map<string | number, Place>>();
  readonly #document: Document | undefined;
  readonly #index: LineIndex;
  readonly #diagnostics: Diagnostic[];
  /** The nodes that are being lifted, to see an alias of one of them. */
  readonly #open = new Set<Node>();
  #count = 0;

  constructor(document: Document | undefined, index: LineIndex, diagnostics: Diagnostic[]) {
    this.#document = document;
    this.#index = index;
    this.#diagnostics = diagnostics;
  }

  lift(node: Node | null | undefined): Yaml {
    this.#count += 1;
    if (this.#count > MAX_VALUES) {
      if (this.#count === MAX_VALUES + 1) this.#refuse(node, "the aliases make more values than can be read");
      return null;
    }
    if (isAlias(node)) {
      const target = this.#document === undefined ? undefined : node.resolve(this.#document);
      if (target === undefined || !this.#open.has(target)) return this.lift(target);
      this.#refuse(node, "the alias stands inside what it refers to");
      return null;
    }
    if (isScalar(node)) return this.#scalar(node);
    if (!isMap(node) && !isSeq(node)) return null;
    if (this.#open.size >= MAX_DEPTH) {
      this.#refuse(node, "the nesting is too deep");
      return null;
    }
    this.#open.add(node);
    const lifted = isMap(node)
      ? this.#map(node.items as Pair<Node, Node | null>[])
      : this.#list(node.items as Node[]);
    this.#open.delete(node);
    return lifted;
  }

  #list(items: readonly Node[]): Yaml {
    const list = items.map((item) => this.lift(item));
    this.places.set(list, new Map(items.map((value, at) => [at, { key: undefined, value }])));
    return list;
  }

  #map(items: readonly Pair<Node, Node | null>[]): Yaml {
    const places = new Map<string | number, Place>();
    const merged = new Map<string, Yaml>();
    const own: [string, Yaml][] = [];
    for (const { key, value } of items) {
      const lifted = this.lift(value);
      if (isMergeKey(key)) {
        this.#merge(lifted, merged, places);
      } else {
        const name = isScalar(key) ? (key.source ?? String(key.value)) : String(key);
        own.push([name, lifted]);
        places.set(name, { key, value: value ?? undefined });
      }
    }
    const map = Object.fromEntries([...merged, ...own]);
    this.places.set(map, places);
    return map;
  }

  /** `<<: *base`, or a list of bases of which the first that has a key gives it. */
  #merge(bases: Yaml, merged: Map<string, Yaml>, places: Map<string | number, Place>): void {
    for (const base of Array.isArray(bases) ? (bases as readonly Yaml[]) : [bases]) {
      if (base === null || base instanceof Scalar || Array.isArray(base)) continue;
      for (const [name, inherited] of Object.entries(base)) {
        if (merged.has(name)) continue;
        merged.set(name, inherited);
        const place = this.places.get(base)?.get(name);
        if (place !== undefined) places.set(name, place);
      }
    }
  }

  #scalar(node: YamlScalar): Yaml {
    const { value, source } = node;
    switch (typeof value) {
      case "string":
      case "bigint":
      case "number":
      case "boolean":
        return new Scalar(source ?? String(value), value);
      default:
        if (value === null) return null;
        return value instanceof Uint8Array ? this.#binary(node, value) : textScalar(source ?? "");
    }
  }

  /** Binary data stands for its bytes. */
  #binary(node: Node, bytes: Uint8Array): Yaml {
    try {
      return textScalar(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    } catch {
      this.#refuse(node, "the binary value is no UTF-8 text");
      return null;
    }
  }

  #refuse(node: Node | null | undefined, message: string): void {
    const [start, end] = node?.range ?? [0, 0];
    this.#diagnostics.push(error("promtail/yaml", message, { span: this.#index.span(start, end) }));
  }
}

function isMergeKey(key: Node): boolean {
  return isScalar(key) && typeof key.value === "symbol";
}

function textScalar(text: string): Scalar {
  return new Scalar(text, text);
}

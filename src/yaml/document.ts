import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  parseDocument,
  visit,
  type Document,
  type Node,
  type Pair,
  type YAMLMap,
} from "yaml";
import { error, LineIndex, type Diagnostic, type Span } from "../diagnostics/index.ts";
import type { Vocabulary } from "./vocabulary.ts";

export type Path = readonly (string | number)[];

/** A YAML text whose values can be asked for their place. */
export interface PlacedYaml {
  /** The value as plain data; undefined when the text is not well-formed. */
  value: unknown;
  diagnostics: Diagnostic[];
  /** Where the value at `path` stands; where its nearest enclosing key stands when there is no such value. */
  valueSpan: (path: Path) => Span;
  /** Where the key stands that leads to `path`. */
  keySpan: (path: Path) => Span;
  /** The text of the scalar at `path` as it was written. */
  source: (path: Path) => string | undefined;
  has: (path: Path) => boolean;
}

/**
 * Reads one YAML document. Every mistake in it is a diagnostic with its place.
 *
 * @param file the name that diagnostics give
 */
export function readYaml(file: string, text: string, { part }: Pick<Vocabulary, "part">): PlacedYaml {
  const index = new LineIndex(file, text);
  // With stringKeys, a key such as 26.10 stays that text and does not become the number 26.1.
  // Duplicate keys are looked for below: the parser's own look takes quadratic time.
  const document = parseDocument(text, { stringKeys: true, prettyErrors: false, uniqueKeys: false });
  const diagnostics = document.errors.map(({ message, pos: [start, end] }) =>
    error(`${part}/syntax`, message, { span: index.span(start, end) }),
  );
  visit(document, {
    Alias: (_, alias) => {
      if (alias.resolve(document) !== undefined) return;
      diagnostics.push(
        error(`${part}/syntax`, `there is no anchor &${alias.source}`, { span: spanOf(alias, index) }),
      );
    },
    Map: (_, map) => {
      const seen = new Set<string>();
      for (const key of map.items.map((pair) => pair.key as Node)) {
        const name = isScalar(key) ? String(key.value) : "";
        if (seen.has(name)) diagnostics.push(duplicate(part, name, spanOf(key, index)));
        seen.add(name);
        // Plain objects cannot hold this key, and nothing is called so.
        if (name !== "__proto__") continue;
        diagnostics.push(error(`${part}/unknown-key`, "unknown key __proto__", { span: spanOf(key, index) }));
      }
    },
  });
  const pairs = new PairIndex();
  const find = (path: Path): Found => findNode(document, pairs, path);
  return {
    value: diagnostics.length === 0 ? (document.toJS() as unknown) : undefined,
    diagnostics,
    valueSpan: (path) => {
      const { node, key } = find(path);
      return spanOf(node ?? key, index);
    },
    keySpan: (path) => spanOf(find(path).key, index),
    source: (path) => {
      const { node } = find(path);
      return isScalar(node) ? node.source : undefined;
    },
    has: (path) => find(path).node !== undefined,
  };
}

function duplicate(part: Vocabulary["part"], name: string, span: Span): Diagnostic {
  const message = `${name} stands twice in the same mapping`;
  return error(`${part}/duplicate-key`, message, { span, hint: "keep one of the two" });
}

interface Found {
  node: Node | undefined;
  /** The innermost key on the way that is there. */
  key: Node | undefined;
}

/** The pairs of mappings by key, so that a fleet of thousands is not searched from the top for each host. */
class PairIndex {
  readonly #maps = new WeakMap<YAMLMap, Map<string, Pair>>();

  get(map: YAMLMap, key: string): Pair | undefined {
    let index = this.#maps.get(map);
    if (index === undefined) {
      index = new Map(map.items.map((pair) => [isScalar(pair.key) ? String(pair.key.value) : "", pair]));
      this.#maps.set(map, index);
    }
    return index.get(key);
  }
}

function findNode(document: Document, pairs: PairIndex, path: Path): Found {
  let node: Node | undefined = document.contents ?? undefined;
  let key: Node | undefined;
  for (const step of path) {
    const target: Node | undefined = isAlias(node) ? node.resolve(document) : node;
    let next: Node | undefined;
    if (isMap(target)) {
      const pair = pairs.get(target, String(step));
      if (pair !== undefined) key = pair.key as Node;
      next = (pair?.value as Node | null | undefined) ?? undefined;
    } else if (isSeq(target)) {
      next = target.items[Number(step)] as Node | undefined;
      key = next ?? key;
    }
    node = next;
    if (node === undefined) break;
  }
  return { node, key };
}

/** The span of a node without the white space after it; of the first character when there is no node. */
function spanOf(node: Node | undefined, index: LineIndex): Span {
  const [start, end] = node?.range ?? [0, 0];
  return index.span(start, end);
}

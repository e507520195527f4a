import {
  isAlias,
  isMap,
  isPair,
  isScalar,
  isSeq,
  parseDocument,
  visit,
  type Document,
  type Node,
  type Pair,
  type YAMLError,
} from "yaml";
import { error, LineIndex, type Diagnostic, type Span } from "../diagnostics/index.ts";

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

/** Reads one YAML document. Every mistake in it is a diagnostic with its place. */
export function readYaml(file: string, text: string): PlacedYaml {
  const index = new LineIndex(file, text);
  // With stringKeys, a key such as 26.10 stays that text and does not become the number 26.1.
  const document = parseDocument(text, { stringKeys: true, prettyErrors: false });
  const diagnostics = document.errors.map((problem) => problemOf(problem, document, index));
  visit(document, {
    Alias: (_, alias) => {
      if (alias.resolve(document) !== undefined) return;
      diagnostics.push(
        error("manifest/syntax", `there is no anchor &${alias.source}`, { span: spanOf(alias, index) }),
      );
    },
    Pair: (_, pair) => {
      // Plain objects cannot hold this key, and nothing in a manifest is called so.
      if (!isScalar(pair.key) || pair.key.value !== "__proto__") return;
      diagnostics.push(
        error("manifest/unknown-key", "unknown key __proto__", { span: spanOf(pair.key, index) }),
      );
    },
  });
  const find = (path: Path): Found => findNode(document, path);
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

function problemOf(problem: YAMLError, document: Document, index: LineIndex): Diagnostic {
  const [start, end] = problem.pos;
  if (problem.code !== "DUPLICATE_KEY") {
    return error("manifest/syntax", problem.message, { span: index.span(start, end) });
  }
  const key = keyAt(document, start);
  const name = isScalar(key) ? String(key.value) : "";
  return error("manifest/duplicate-key", `${name} stands twice in the same mapping`, {
    span: key === undefined ? index.span(start, end) : spanOf(key, index),
    hint: "keep one of the two",
  });
}

/** The key that begins at `offset`. */
function keyAt(document: Document, offset: number): Node | undefined {
  let found: Node | undefined;
  visit(document, {
    Pair: (_, pair) => {
      const { key } = pair as Pair<Node>;
      if (key.range?.[0] === offset) found = key;
    },
  });
  return found;
}

interface Found {
  node: Node | undefined;
  /** The innermost key on the way that is there. */
  key: Node | undefined;
}

function findNode(document: Document, path: Path): Found {
  let node: Node | undefined = document.contents ?? undefined;
  let key: Node | undefined;
  for (const step of path) {
    const target: Node | undefined = isAlias(node) ? node.resolve(document) : node;
    let next: Node | undefined;
    if (isMap(target)) {
      const pair = target.items.find(
        (item) => isPair(item) && isScalar(item.key) && item.key.value === String(step),
      );
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

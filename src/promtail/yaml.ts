import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  parseAllDocuments,
  type Document,
  type Node,
  type Pair,
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
  const diagnostics: Diagnostic[] = (first?.errors ?? []).map(({ message, pos }) =>
    error("promtail/yaml", (message.split("\n")[0] ?? message).replace(/ at line \d+, column \d+:?$/, ""), {
      span: index.span(...pos),
    }),
  );
  const second = documents[1];
  if (second !== undefined) {
    diagnostics.push(
      warning("promtail/more-documents", "only the first YAML document is read", {
        span: index.span(second.range[0], second.range[0] + 1),
        hint: "put the whole configuration into one document",
      }),
    );
  }
  const places = new WeakMap<object, Map<string | number, Place>>();
  const value =
    first === undefined || diagnostics.some(({ severity }) => severity === "error")
      ? null
      : lift(first.contents, first, places);
  const root: Place = { key: undefined, value: first?.contents ?? undefined };
  const placeOf = (path: YamlPath): Place => {
    let place = root;
    let at: unknown = value;
    for (const step of path) {
      const next = typeof at === "object" && at !== null ? places.get(at)?.get(step) : undefined;
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

type Places = WeakMap<object, Map<string | number, Place>>;

function lift(node: Node | null | undefined, document: Document, places: Places): Yaml {
  if (isAlias(node)) return lift(node.resolve(document), document, places);
  if (isMap(node)) return liftMap(node.items as Pair<Node, Node | null>[], document, places);
  if (isSeq(node)) {
    const found = new Map<string | number, Place>();
    const list = (node.items as Node[]).map((item, at) => {
      found.set(at, { key: undefined, value: item });
      return lift(item, document, places);
    });
    places.set(list, found);
    return list;
  }
  return isScalar(node) ? liftScalar(node.value, node.source) : null;
}

function liftMap(items: readonly Pair<Node, Node | null>[], document: Document, places: Places): Yaml {
  const found = new Map<string | number, Place>();
  const merged: [string, Yaml][] = [];
  const own: [string, Yaml][] = [];
  for (const { key, value } of items) {
    const lifted = lift(value, document, places);
    if (isMergeKey(key)) {
      for (const map of Array.isArray(lifted) ? (lifted as readonly Yaml[]) : [lifted]) {
        if (map === null || map instanceof Scalar || Array.isArray(map)) continue;
        for (const [name, inherited] of Object.entries(map)) {
          if (merged.some(([taken]) => taken === name)) continue;
          merged.push([name, inherited]);
          const place = places.get(map)?.get(name);
          if (place !== undefined) found.set(name, place);
        }
      }
    } else {
      const name = isScalar(key) ? (key.source ?? String(key.value)) : String(key);
      own.push([name, lifted]);
      found.set(name, { key, value: value ?? undefined });
    }
  }
  const map = Object.fromEntries([...merged, ...own]);
  places.set(map, found);
  return map;
}

function isMergeKey(key: Node): boolean {
  return isScalar(key) && typeof key.value === "symbol";
}

function liftScalar(value: unknown, source: string | undefined): Yaml {
  switch (typeof value) {
    case "string":
    case "bigint":
    case "number":
    case "boolean":
      return new Scalar(source ?? String(value), value);
    default:
      // Binary data stands for its bytes, a date for the text it was written as.
      return value === null
        ? null
        : value instanceof Uint8Array
          ? textScalar(new TextDecoder().decode(value))
          : textScalar(source ?? "");
  }
}

function textScalar(text: string): Scalar {
  return new Scalar(text, text);
}

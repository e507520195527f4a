import { compile, TreeInterpreter, type JSONObject, type JSONValue } from "@jmespath-community/jmespath";
import type { Arguments } from "../config/arguments.ts";
import type { Entry } from "../entry.ts";
import { goJson } from "../json-text.ts";
import type { Step } from "../receiver.ts";
import { inputOf, type StageContext } from "./stage.ts";

/** Looks something up in an object; most paths are a single name, which needs no interpreter. */
type Query = { name: string } | { search: (data: JSONObject) => JSONValue };

/**
 * stage.json: JMESPath expressions on an object; each key is set, to null where the path leads nowhere. What is no
 * JSON object leaves the entry as it is, or drops it with drop_malformed. `regex` takes top-level keys by name.
 */
export function json(args: Arguments, context: StageContext): Step {
  const queries = [...args.map("expressions", new Map())].map(([key, path]) => {
    return { key, query: compileQuery(args, path === "" ? key : path) };
  });
  const regex = args.string("regex", "") === "" ? undefined : args.regex("regex");
  if (queries.length === 0 && regex === undefined) args.fail("expressions or regex is required");
  const input = inputOf(args);
  const dropMalformed = args.bool("drop_malformed", false);
  const readsFields =
    !args.has("source") && regex === undefined && queries.every(({ query }) => "name" in query);
  if (readsFields) for (const { query } of queries) if ("name" in query) context.onField(query.name);
  return (entry) => {
    const { fields } = entry;
    if (readsFields && fields !== undefined) {
      for (const { key, query } of queries) {
        if ("name" in query) entry.extracted.set(key, fields.get(query.name)?.toWellFormed() ?? null);
      }
      return undefined;
    }
    const text = input(entry);
    if (text === undefined) return undefined;
    const data = parseObject(text);
    if (data === undefined) {
      return dropMalformed ? { reason: "malformed", detail: "the line is not a JSON object" } : undefined;
    }
    for (const { key, query } of queries) {
      const value = search(query, data);
      if (value !== undefined) setSimplified(entry, key, value);
    }
    if (regex !== undefined) {
      for (const [key, value] of Object.entries(data)) if (regex.test(key)) setSimplified(entry, key, value);
    }
    return undefined;
  };
}

function compileQuery(args: Arguments, path: string): Query {
  if (/^[A-Za-z_][A-Za-z0-9_]*$/.test(path)) return { name: path };
  try {
    const tree = compile(path);
    return { search: (data) => TreeInterpreter.search(tree, data) };
  } catch (caught) {
    return args.fail(
      `could not compile JMES expression ${JSON.stringify(path)}: ${String(caught)}`,
      "expressions",
    );
  }
}

/** The value at a path; undefined when the expression fails on this data, which leaves its key unset. */
function search(query: Query, data: JSONObject): JSONValue | undefined {
  if ("name" in query) return Object.hasOwn(data, query.name) ? (data[query.name] ?? null) : null;
  try {
    return query.search(data);
  } catch {
    return undefined;
  }
}

/** Go decodes into a map: null gives an empty one, everything else that is no object is an error. */
function parseObject(text: string): JSONObject | undefined {
  try {
    const data = JSON.parse(text) as JSONValue;
    if (data === null) return {};
    return typeof data === "object" && !Array.isArray(data) ? data : undefined;
  } catch {
    return undefined;
  }
}

/** Scalars stay what they are, objects and lists become JSON text; what is nested too deep to write stays unset. */
function setSimplified(entry: Entry, key: string, value: JSONValue): void {
  if (typeof value !== "object" || value === null) {
    entry.extracted.set(key, value);
    return;
  }
  try {
    entry.extracted.set(key, goJson(value));
  } catch (caught) {
    if (!(caught instanceof RangeError)) throw caught;
  }
}

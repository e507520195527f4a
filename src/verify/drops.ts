import {
  attributeNamed,
  blockName,
  parse,
  type Attribute,
  type Block,
  type Statement,
} from "../alloy/index.ts";
import { quote, selector } from "../loki/index.ts";
import { exampleOf } from "./example.ts";
import { Model, type Fields, type Labels } from "./model.ts";
import { markedLine, probesOf } from "./probes.ts";

/** A stage that drops what it finds in an entry, and how that can be seen from outside. */
export interface DropRule {
  /** The component, `loki.process.journal`. */
  in: string;
  /** `stage.drop[1]`, as a trace names it. */
  stage: string;
  /** What it drops, for a person. */
  what: string;
  /** A line that it drops when somebody who is logged in writes it; undefined: only certain units can. */
  line: string | undefined;
  /** How entries would look that it should have dropped; undefined where no example of one could be made. */
  escaped: { labels: Labels; filter: { contains: string } | { matches: string } } | undefined;
}

/** The drop stages of a configuration that look at what an entry says: stage.drop with an expression or a value. */
export function dropRules(model: Model, host: string): DropRule[] {
  return stagesOf(model).flatMap((stage) => {
    const rule = readRule(stage);
    return rule === undefined ? [] : [describe(model, host, rule)];
  });
}

/** The query for what a drop let through, among entries with the `common` labels; undefined where there is none. */
export function passedThrough({ escaped }: DropRule, common: Labels): string | undefined {
  if (escaped === undefined) return undefined;
  const { labels, filter } = escaped;
  const base = selector({ ...common, ...labels });
  return "matches" in filter ? `${base} |~ ${quote(filter.matches)}` : `${base} |= ${quote(filter.contains)}`;
}

interface Stage {
  component: string;
  /** `stage.match[0].stage.drop[0]` */
  path: string;
  block: Block;
}

interface Rule extends Stage {
  sources: readonly string[];
  separator: string;
  /** What the joined sources must match: as written, and as RE2. */
  shown: string;
  pattern: string;
}

function stagesOf({ configuration: { file, text } }: Model): Stage[] {
  return parse(file, text).file.body.flatMap((statement) => {
    if (statement.kind !== "block" || blockName(statement) !== "loki.process") return [];
    return stagesIn(statement.body, `loki.process.${statement.label?.value ?? ""}`, "");
  });
}

function stagesIn(body: readonly Statement[], component: string, above: string): Stage[] {
  const seen = new Map<string, number>();
  return body.flatMap((block) => {
    if (block.kind !== "block") return [];
    const name = blockName(block);
    const number = seen.get(name) ?? 0;
    seen.set(name, number + 1);
    const path = `${above}${name}[${number}]`;
    if (name === "stage.drop") return [{ component, path, block }];
    return name === "stage.match" ? stagesIn(block.body, component, `${path}.`) : [];
  });
}

function readRule(stage: Stage): Rule | undefined {
  const text = (name: string): string => literal(attributeNamed(stage.block, name));
  const [expression, value] = [text("expression"), text("value")];
  if (expression === "" && value === "") return undefined;
  return {
    ...stage,
    sources: text("source")
      .split(",")
      .filter((name) => name !== ""),
    separator: text("separator") || ";",
    shown: expression === "" ? `is ${JSON.stringify(value)}` : `matches ${expression}`,
    pattern: expression === "" ? `^${value.replace(/[\\.+*?()|[\]{}^$]/g, "\\$&")}$` : expression,
  };
}

function literal(attribute: Attribute | undefined): string {
  const value = attribute?.value;
  return value?.kind === "literal" && typeof value.value === "string" ? value.value : "";
}

function describe(model: Model, host: string, rule: Rule): DropRule {
  const { component, path, sources, shown } = rule;
  const what = `${sources.length === 0 ? "the line" : sources.join(",")} ${shown}`;
  const base = { in: component, stage: path, what };
  const fields = sourceFields(model, host, rule);
  const example = exampleFields(rule, fields);
  if (example === undefined || !drops(model, { ...markedLine(host, ""), ...example }, rule))
    return { ...base, line: undefined, escaped: undefined };
  const message = example["MESSAGE"] ?? "";
  const line =
    message !== "" &&
    !message.includes("\n") &&
    drops(model, markedLine(host, `${message} ${PLACEHOLDER}`), rule)
      ? message
      : undefined;
  return { ...base, line, escaped: escapedForm(model, host, rule, example) };
}

/** Has the length and the kind of what marks a line. */
const PLACEHOLDER = "fleet-0123456789abcdef-0";

function drops(model: Model, fields: Fields, { component, path }: Rule): boolean {
  const dropped = model.dropped(fields);
  return dropped !== undefined && dropped.in === component && dropped.stage === path;
}

/** Values that turn up nowhere else: where one stands before the stage, there the field of the journal goes. */
const TOKENS: Fields = {
  MESSAGE: "token-message",
  _SYSTEMD_UNIT: "token-unit.service",
  SYSLOG_IDENTIFIER: "token-identifier",
  _TRANSPORT: "token-transport",
  _COMM: "token-comm",
  _EXE: "/token/exe",
  PRIORITY: "5",
};

/** For each source of a stage, the field of the journal that it has its value from. */
function sourceFields(
  model: Model,
  host: string,
  { component, path, sources }: Rule,
): (string | undefined)[] {
  const before = model.before({ ...probesOf(host).service, ...TOKENS }, component, path);
  const fieldOf = (value: unknown): string | undefined =>
    Object.keys(TOKENS).find((name) => TOKENS[name] === value);
  // A line that is no field's own, as with format_as_json, holds the message all the same.
  if (sources.length === 0) return [fieldOf(before?.line) ?? "MESSAGE"];
  return sources.map((source) => fieldOf(before?.extracted[source]));
}

/** Fields whose values, joined as the stage joins them, it matches. */
function exampleFields(
  { pattern, separator }: Rule,
  fields: readonly (string | undefined)[],
): Record<string, string> | undefined {
  const example = exampleOf(pattern);
  if (example === undefined) return undefined;
  const parts = fields.length === 1 ? [example] : example.split(separator);
  if (parts.length > fields.length) parts.push(parts.splice(fields.length - 1).join(separator));
  const made: Record<string, string> = {};
  for (const [index, part] of parts.entries()) {
    const field = fields[index];
    if (field === undefined) return undefined;
    made[field] = part;
  }
  return made;
}

/** How the example would arrive without the stage: what to look for, that should not be there. */
function escapedForm(
  model: Model,
  host: string,
  { block, pattern, sources }: Rule,
  example: Fields,
): DropRule["escaped"] {
  const { configuration } = model;
  const text = configuration.text.slice(0, block.start) + configuration.text.slice(block.end);
  const without = new Model({ ...configuration, text });
  const sent = without.sent({ ...markedLine(host, ""), ...example });
  if (sent === undefined) return undefined;
  const { MESSAGE: message = "", ...others } = example;
  const values = new Set(Object.values(others));
  const labels = Object.fromEntries(Object.entries(sent.labels).filter(([, value]) => values.has(value)));
  if (Object.keys(labels).length < values.size) return undefined;
  if (sources.length < 2 && sent.line === message) return { labels, filter: { matches: pattern } };
  return message !== "" && sent.line.includes(message)
    ? { labels, filter: { contains: message } }
    : undefined;
}

import { RE2JS } from "re2js";
import type { Block, File, Literal } from "../ast.ts";
import { quote, unquote } from "../string-literal.ts";
import { attributeNamed, blockName, visit } from "../visitor.ts";
import { manyValuedRule, manyValuedStage } from "./cardinality.ts";
import { compareVersions, constantText, head, type Context } from "./context.ts";
import { deadJournalLabels } from "./journal-labels.ts";
import { referencesIn, type Scope } from "./scope.ts";
import { unusedLabels, unusedValues } from "./unused.ts";

/** Warnings about what Alloy accepts and hardly anybody means. */
export function lint(context: Context, files: readonly File[], scope: Scope): void {
  for (const file of files) {
    visit(file, {
      enter(node) {
        if (node.kind === "block") lintBlock(context, file, node, scope);
        else if (node.kind === "literal") tabInString(context, file, node);
        return undefined;
      },
    });
  }
  neverFed(context, scope);
  unusedLabels(context, files);
}

function lintBlock(context: Context, file: File, block: Block, scope: Scope): void {
  switch (blockName(block)) {
    case "loki.source.journal":
      deadJournalLabels(context, block, scope);
      jobLabel(context, file, block);
      break;
    case "loki.process":
      unusedValues(context, file, block);
      break;
    case "loki.relabel":
      for (const rule of block.body) if (rule.kind === "block") manyValuedRule(context, file, rule);
      break;
    case "stage.labels":
      manyValuedStage(context, file, block);
      break;
    case "stage.replace":
      captureGroup(context, file, block);
      break;
    case "basic_auth":
      inlineSecret(context, file, block, "password");
      break;
    case "authorization":
      inlineSecret(context, file, block, "credentials");
      break;
    case "oauth2":
      inlineSecret(context, file, block, "client_secret");
      break;
  }
}

/** Components with a receiver that no other component refers to: entries never come there. */
function neverFed(context: Context, scope: Scope): void {
  const nodes = [...scope.nodes.values()];
  const used = new Set(
    nodes.flatMap((node) => referencesIn(node.block.body).map(({ path }) => scope.resolve(path)?.node.id)),
  );
  for (const node of nodes) {
    if (node.spec?.exports["receiver"] === undefined || used.has(node.id)) continue;
    context.warning(
      node.file,
      "alloy/never-fed",
      head(node.block),
      `nothing is sent to ${node.id}`,
      `put ${node.id}.receiver into a forward_to, or remove the component`,
    );
  }
}

/** Tabs behind text, and blanks at the end of a line of a raw string, are layout to `alloy fmt`; so are \v and \f. */
function tabInString(context: Context, file: File, literal: Literal): void {
  const { type, raw, start, end } = literal;
  if (type !== "string" || !/[^\t\n]\t|[ \t]\r?\n|[\v\f]/.test(raw)) return;
  const message = "alloy fmt changes the tabs and blanks in this text";
  const hint = "write \\t in double quotes in place of the tab";
  // A raw string of several lines would no longer be readable in double quotes.
  const readable = !raw.includes("\n");
  const text = raw.startsWith('"')
    ? raw.replaceAll("\t", "\\t").replaceAll("\v", "\\v").replaceAll("\f", "\\f")
    : quote(unquote(raw));
  const fix = { title: "wrote \\t for the tabs", edits: [{ start, end, text }] };
  context.warning(file, "alloy/tab-in-string", literal, message, hint, readable ? fix : undefined);
}

/** Release 1.19.0 overwrites labels.job; up to 1.18 the label appears where nobody asked for it. */
function jobLabel(context: Context, file: File, source: Block): void {
  const { alloyVersion } = context.options;
  const labels = attributeNamed(source, "labels")?.value;
  const job =
    labels?.kind === "object" ? labels.fields.find((field) => field.name.name === "job") : undefined;
  if (job !== undefined && compareVersions(alloyVersion, "1.19.0") === 0) {
    context.warning(
      file,
      "alloy/job-label",
      job,
      "Alloy 1.19.0 overwrites the job label of a journal source",
      "set it in a stage.static_labels behind the source, or use another release",
    );
  }
}

function captureGroup(context: Context, file: File, stage: Block): void {
  const expression = attributeNamed(stage, "expression")?.value;
  const text = expression === undefined ? undefined : constantText(expression);
  if (expression === undefined || text === undefined || text === "" || groupCount(text) !== 0) return;
  context.warning(
    file,
    "alloy/no-capture-group",
    expression,
    "the expression has no capture group, and stage.replace replaces only those",
    "put what is to be replaced in parentheses",
  );
}

function groupCount(pattern: string): number | undefined {
  try {
    return RE2JS.compile(pattern).groupCount();
  } catch {
    return undefined;
  }
}

function inlineSecret(context: Context, file: File, block: Block, name: string): void {
  const value = attributeNamed(block, name)?.value;
  const text = value === undefined ? undefined : constantText(value);
  if (value === undefined || text === undefined || text === "") return;
  context.warning(
    file,
    "alloy/inline-secret",
    value,
    `${name} stands in the configuration in plain text`,
    'read it from the environment: sys.env("NAME"), or from a file',
  );
}

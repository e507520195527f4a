import { RE2JS } from "re2js";
import type { Block, File, Literal } from "../ast.ts";
import { attributeNamed, blockName, referencePath, visit } from "../visitor.ts";
import { compareVersions, constantText, head, type Context } from "./context.ts";
import { referencesIn, type Scope } from "./scope.ts";
import { didYouMean } from "./suggest.ts";

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
}

function lintBlock(context: Context, file: File, block: Block, scope: Scope): void {
  switch (blockName(block)) {
    case "loki.source.journal":
      journalRules(context, block, scope);
      jobLabel(context, file, block);
      break;
    case "stage.labels":
      highCardinality(context, file, block);
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

/** Names that nearly always stand for something different in each entry. */
const MANY_VALUES =
  /^(?:pid|tid|uuid|guid|path|uri|url|query|msg|message|line|time|timestamp|duration|latency|ip|remote_addr|client_ip|user_agent|\w*(?:request|trace|span|session|message|correlation|user|order)_?id)$/i;

function highCardinality(context: Context, file: File, stage: Block): void {
  const values = attributeNamed(stage, "values")?.value;
  if (values?.kind !== "object") return;
  for (const { name } of values.fields) {
    if (!MANY_VALUES.test(name.name)) continue;
    context.warning(
      file,
      "alloy/high-cardinality",
      name,
      `the label ${name.name} makes a stream of nearly every entry`,
      "put it into stage.structured_metadata instead",
    );
  }
}

/** Tabs behind text, and blanks at the end of a line of a raw string, are layout to `alloy fmt`. */
function tabInString(context: Context, file: File, literal: Literal): void {
  if (literal.type !== "string" || !/[^\t\n]\t|[ \t]\r?\n/.test(literal.raw)) return;
  const hint = "write \\t in double quotes in place of the tab";
  context.warning(
    file,
    "alloy/tab-in-string",
    literal,
    "alloy fmt changes the tabs and blanks in this text",
    hint,
  );
}

/** The rules of the component that a journal source takes its relabel_rules from. */
function journalRules(context: Context, source: Block, scope: Scope): void {
  const rules = attributeNamed(source, "relabel_rules")?.value;
  const path = rules === undefined ? undefined : referencePath(rules);
  const node = path === undefined ? undefined : scope.resolve(path)?.node;
  for (const rule of node?.block.body ?? []) {
    if (node === undefined || rule.kind !== "block" || blockName(rule) !== "rule") continue;
    const labels = attributeNamed(rule, "source_labels")?.value;
    if (labels?.kind !== "array") continue;
    for (const element of labels.elements) {
      const label = constantText(element);
      const dead = label === undefined ? undefined : deadJournalLabel(label);
      if (dead !== undefined)
        context.warning(node.file, "alloy/dead-label", element, dead.message, dead.hint);
    }
  }
}

/** The fields that nearly every journal has, for suggestions. */
const JOURNAL_LABELS = [
  "__journal_message",
  "__journal_message_id",
  "__journal_priority",
  "__journal_priority_keyword",
  "__journal_syslog_facility",
  "__journal_syslog_identifier",
  "__journal_syslog_pid",
  "__journal__boot_id",
  "__journal__cmdline",
  "__journal__comm",
  "__journal__exe",
  "__journal__gid",
  "__journal__hostname",
  "__journal__machine_id",
  "__journal__pid",
  "__journal__systemd_cgroup",
  "__journal__systemd_slice",
  "__journal__systemd_unit",
  "__journal__systemd_user_unit",
  "__journal__transport",
  "__journal__uid",
];

/** Fields with an underscore of their own that are often written with one too many, or one too few. */
const MISSPELT =
  /^__journal_(?:_priority_keyword|_priority|__[a-z]|_message$|_syslog_|(?:hostname|systemd_unit|transport|boot_id|machine_id|pid|uid|gid|comm|exe|cmdline)$)/;

/** Why a source never sets a label, or undefined when it may. Labels are the fields of journald in lower case. */
function deadJournalLabel(label: string): { message: string; hint: string | undefined } | undefined {
  if (!label.startsWith("__journal_")) return undefined;
  const lower = label.toLowerCase();
  if (label === lower && !MISSPELT.test(label)) return undefined;
  return {
    message: `the journal has no ${label}, so it is always empty here`,
    hint: didYouMean(lower, JOURNAL_LABELS),
  };
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

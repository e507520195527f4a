import type { Fix } from "../../diagnostics/index.ts";
import type { Block, Expression } from "../ast.ts";
import { attributeNamed, blockName, referencePath } from "../visitor.ts";
import { constantText, type Context } from "./context.ts";
import type { Scope } from "./scope.ts";
import { didYouMean } from "./suggest.ts";

/** Warns of rules that read a label which a journal source never sets: those its relabel_rules come from. */
export function deadJournalLabels(context: Context, source: Block, scope: Scope): void {
  const rules = attributeNamed(source, "relabel_rules")?.value;
  const path = rules === undefined ? undefined : referencePath(rules);
  const node = path === undefined ? undefined : scope.resolve(path)?.node;
  for (const rule of node?.block.body ?? []) {
    if (node === undefined || rule.kind !== "block" || blockName(rule) !== "rule") continue;
    const labels = attributeNamed(rule, "source_labels")?.value;
    if (labels?.kind !== "array") continue;
    for (const element of labels.elements) {
      const label = constantText(element);
      if (label === undefined || !isDead(label)) continue;
      const message = `the journal has no ${label}, so it is always empty here`;
      const hint = didYouMean(label.toLowerCase(), JOURNAL_LABELS);
      context.warning(node.file, "alloy/dead-label", element, message, hint, fixFor(element, label));
    }
  }
}

/** The fields that nearly every journal has. Labels are the fields of journald in lower case. */
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

function isDead(label: string): boolean {
  if (!label.startsWith("__journal_")) return false;
  return label !== label.toLowerCase() || MISSPELT.test(label);
}

/** The one name that differs in nothing but case and the number of underscores. */
function fixFor(element: Expression, label: string): Fix | undefined {
  const lower = label.toLowerCase();
  const name = MISSPELT.test(lower)
    ? JOURNAL_LABELS.find((known) => squeeze(known) === squeeze(lower))
    : lower;
  if (name === undefined || element.kind !== "literal") return undefined;
  const { start, end } = element;
  return { title: `wrote ${name} for ${label}`, edits: [{ start, end, text: `"${name}"` }] };
}

function squeeze(label: string): string {
  return label.replace(/_+/g, "_");
}

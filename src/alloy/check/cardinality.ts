import type { Block, File } from "../ast.ts";
import { attributeNamed } from "../visitor.ts";
import { constantText, type Context, type Located } from "./context.ts";

/** Names that nearly always stand for something different in each entry. */
const MANY_VALUES =
  /^(?:pid|tid|uuid|guid|path|uri|url|query|msg|message|line|time|timestamp|duration|latency|ip|remote_addr|client_ip|user_agent|\w*(?:request|trace|span|session|message|correlation|user|order)_?id)$/i;

/** Labels of the journal and of Kubernetes with a value of its own for each process, container or entry. */
const MANY_VALUED_SOURCES =
  /^__(?:journal_(?:_pid|message|_cmdline|syslog_pid|__\w+_timestamp|_source_\w*timestamp|__cursor|_systemd_invocation_id)|meta_kubernetes_pod_(?:uid|ip|container_id))$/;

/** Warns of labels that a stage.labels makes of what differs in each entry, by the label's or the value's name. */
export function manyValuedStage(context: Context, file: File, stage: Block): void {
  const values = attributeNamed(stage, "values")?.value;
  if (values?.kind !== "object") return;
  for (const { name, value } of values.fields) {
    const source = constantText(value) ?? "";
    if (MANY_VALUES.test(name.name) || MANY_VALUES.test(source)) warn(context, file, name, name.name);
  }
}

/** Warns of labels that a rule of a loki.relabel makes of what differs in each entry. */
export function manyValuedRule(context: Context, file: File, rule: Block): void {
  const target = attributeNamed(rule, "target_label");
  const label = target === undefined ? undefined : constantText(target.value);
  const sources = attributeNamed(rule, "source_labels")?.value;
  const action = attributeNamed(rule, "action");
  // hashmod and the like make few values of many.
  const copies = action === undefined || constantText(action.value) === "replace";
  if (target === undefined || label === undefined || !copies || label.startsWith("__")) return;
  if (sources?.kind !== "array" || attributeNamed(rule, "regex") !== undefined) return;
  const manyValued = sources.elements.some((one) => MANY_VALUED_SOURCES.test(constantText(one) ?? ""));
  if (manyValued || MANY_VALUES.test(label)) warn(context, file, target.value, label);
}

function warn(context: Context, file: File, at: Located, label: string): void {
  context.warning(
    file,
    "alloy/high-cardinality",
    at,
    `the label ${label} makes a stream of nearly every entry`,
    "put it into stage.structured_metadata instead",
  );
}

import { printable } from "../bytes.ts";
import type { Arguments } from "../config/arguments.ts";
import type { Entry } from "../entry.ts";
import { Memo } from "../memo.ts";
import type { Ledger, Receiver } from "../receiver.ts";
import { TENANT_LABEL } from "../stages/tenant.ts";
import { sorted } from "../trace.ts";
import type { ComponentContext } from "./component.ts";

/**
 * loki.write: the end of the way. All its endpoints get the same, so an entry has one outcome however many there
 * are. The entry's own labels win over external_labels.
 */
export function write(args: Arguments, context: ComponentContext): Receiver {
  return sink(context.id, context.ledger, args.map("external_labels", new Map()));
}

/** loki.echo, and components outside this model that take entries: what reaches them is sent. */
export function sink(
  id: string,
  ledger: Ledger,
  external: ReadonlyMap<string, string> = new Map(),
): Receiver {
  const labelSets = new Memo<Readonly<Record<string, string>>>();
  return {
    push(entry) {
      ledger.add({
        outcome: "sent",
        from: entry.from,
        labels: labelSets.of(orderedKey(entry.labels), () => finalLabels(entry, external)),
        timestamp: entry.timestamp === null ? null : String(entry.timestamp),
        line: printable(entry.line),
        structured_metadata: sorted(withValues(entry.structuredMetadata)),
        tenant: entry.labels.get(TENANT_LABEL) ?? null,
        to: id,
        ...(entry.trace && { trace: entry.trace }),
      });
    },
    flush: () => undefined,
  };
}

function finalLabels(entry: Entry, external: ReadonlyMap<string, string>): Readonly<Record<string, string>> {
  const labels = new Map([...external, ...entry.labels]);
  for (const [name, value] of labels) if (value === "" || name === TENANT_LABEL) labels.delete(name);
  return Object.freeze(sorted(labels));
}

/** A text that two label sets share only when they are equal; sets that differ in their order may have two. */
function orderedKey(labels: ReadonlyMap<string, string>): string {
  let key = "";
  for (const [name, value] of labels) key += `${name.length} ${name}${value.length} ${value}`;
  return key;
}

/** Loki keeps no structured metadata without a value. */
function withValues(metadata: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  if (metadata.size === 0) return metadata;
  return new Map([...metadata].filter(([, value]) => value !== ""));
}

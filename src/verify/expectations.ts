import { error, FleetError } from "../diagnostics/index.ts";
import { dropRules, type DropRule } from "./drops.ts";
import { Model, type Configuration, type Fields, type Labels } from "./model.ts";
import { CRASH, probesOf, SESSION } from "./probes.ts";

/** What Loki must hold of a host, as its configuration has it. Nothing of it is particular to one pipeline. */
export interface Expectations {
  host: string;
  model: Model;
  /** The labels that every entry of the host has with one and the same value: `host="nas", job="systemd-journal"`. */
  common: Labels;
  /** The names of the labels that every entry has: host, job, unit. */
  names: readonly string[];
  /** The labels by which entries without a unit are told apart, beyond the common ones; undefined: they are not. */
  kernel: Labels | undefined;
  audit: Labels | undefined;
  /** The label that a login's unit becomes the value of, made the same for all; undefined: it is left as it is. */
  session: { label: string; value: string } | undefined;
  /** What a core dump becomes; undefined: it is left as it is. */
  coredump: { pattern: string; labels: readonly string[] } | undefined;
  drops: readonly DropRule[];
}

/**
 * Reads out of a host's configuration what has to be in Loki, by sending entries of every kind through a model of it.
 *
 * @throws FleetError `verify/no-host-label` when nothing of the host's name gets into a label, and what the model
 *   finds wrong with the configuration
 */
export function expectationsOf(host: string, configuration: Configuration): Expectations {
  const model = new Model(configuration);
  const probes = probesOf(host);
  const sent = Object.values<Fields>({ ...probes }).flatMap((fields) => model.sent(fields) ?? []);
  const [first, ...others] = sent.map(({ labels }) => labels);
  const shared = Object.entries(first ?? {}).filter(([name]) => others.every((labels) => name in labels));
  const common = Object.fromEntries(
    shared.filter(([name, value]) => others.every((labels) => labels[name] === value)),
  );
  if (!Object.values(common).includes(host)) throw noHostLabel(host, configuration);
  const beyond = (labels: Labels | undefined): Labels | undefined => {
    const own = Object.entries(labels ?? {}).filter(([name]) => !(name in common));
    return own.length === 0 ? undefined : Object.fromEntries(own);
  };
  const session = Object.entries(beyond(model.sent(probes.session)?.labels) ?? {}).find(
    ([, value]) => value !== SESSION && value.includes("session"),
  );
  return {
    host,
    model,
    common,
    names: shared.map(([name]) => name),
    kernel: beyond(model.sent(probes.kernel)?.labels),
    audit: beyond(model.sent(probes.audit)?.labels),
    session: session && { label: session[0], value: session[1] },
    coredump: coredumpOf(model, host, common),
    drops: dropRules(model, host),
  };
}

function noHostLabel(host: string, { file }: Configuration): FleetError {
  const message = `${file} gives entries of ${host} no label with the host's name, so Loki cannot be asked for them`;
  const hint = "relabel __journal__hostname to host";
  return new FleetError(error("verify/no-host-label", message, { hint }), 1);
}

/** The pattern of what a core dump becomes, with the values of the one that was tried left open. */
function coredumpOf(model: Model, host: string, common: Labels): Expectations["coredump"] {
  const { coredump, service } = probesOf(host);
  const sent = model.sent(coredump);
  if (sent === undefined || sent.line.includes(coredump["MESSAGE"] ?? "")) return undefined;
  const values = [CRASH.exe, CRASH.command, CRASH.uid, CRASH.gid, CRASH.unit];
  if (!values.some((value) => sent.line.includes(value))) return undefined;
  let pattern = quoteMeta(sent.line);
  for (const value of values) pattern = pattern.replaceAll(quoteMeta(value), "(?s:.*)");
  const usual = model.sent(service)?.labels ?? {};
  const labels = Object.keys(sent.labels).filter((name) => !(name in usual) && !(name in common));
  return { pattern: `^${pattern}$`, labels };
}

/** A text as a pattern that only it matches. */
function quoteMeta(text: string): string {
  return text.replace(/[\\.+*?()|[\]{}^$]/g, "\\$&");
}

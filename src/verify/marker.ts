import { error, FleetError } from "../diagnostics/index.ts";
import { queryEntries, quote, selector, type FoundEntry, type Range } from "../loki/index.ts";
import { isMalformed, parseJournalJson, splitJournalJson, type JournalEntry } from "../pipeline/index.ts";
import type { CheckResult, Look, Witness } from "./check.ts";
import type { DropRule } from "./drops.ts";
import type { Expectations } from "./expectations.ts";
import type { Labels } from "./model.ts";
import { markedLine } from "./probes.ts";

/** Lines that a host is to log, each marked so that it is found again, and what is to become of it. */
export interface MarkedLines {
  nonce: string;
  drops: readonly { rule: DropRule; token: string; line: string }[];
  /** Logged last, it must arrive: then all that were logged before it went through the pipeline. */
  control: { token: string; line: string };
}

/** The marked lines for a host: one for each drop that anybody who is logged in can write a line for, and the control. */
export function markedLines({ drops, model, host }: Expectations, nonce: string): MarkedLines {
  const marked = drops.flatMap((rule, index) => {
    const token = `fleet-${nonce}-${index + 1}`;
    return rule.line === undefined ? [] : [{ rule, token, line: `${rule.line} ${token}` }];
  });
  const token = `fleet-${nonce}-0`;
  const line = `fleet verify: control line ${token}`;
  if (model.sent(markedLine(host, line)) === undefined) {
    const message = `the configuration of ${host} drops the control line, so nothing can be shown by marked lines`;
    const hint = "verify with --marker none";
    throw new FleetError(error("verify/marker-failed", message, { hint }), 1);
  }
  return { nonce, drops: marked, control: { token, line } };
}

/** All lines in the order in which they are to be logged, the control last. */
export function linesToLog({ drops, control }: MarkedLines): string[] {
  return [...drops.map(({ line }) => line), control.line];
}

/** What was found of the marked lines; undefined for one that is not there. */
export type Found = ReadonlyMap<string, FoundEntry>;

/** Looks for the marked lines in Loki. */
export async function findMarked(
  { expectations, connection }: Look,
  { nonce, drops, control }: MarkedLines,
  range: Range,
): Promise<Found> {
  const query = markedQuery(expectations.common, nonce);
  const entries = await queryEntries(connection, query, range);
  const tokens = [control.token, ...drops.map(({ token }) => token)];
  return new Map(
    tokens.flatMap((token) => {
      const entry = entries.find(({ line }) => line.includes(token));
      return entry === undefined ? [] : [[token, entry] as const];
    }),
  );
}

function markedQuery(common: Labels, nonce: string): string {
  return `${selector(common)} |= ${quote(`fleet-${nonce}-`)}`;
}

/** The control line arrived, with the labels that it should have. */
export function controlCheck(look: Look, { nonce, control }: MarkedLines, found: Found): CheckResult {
  const { common, model, host } = look.expectations;
  const sent =
    look.witness?.sent.find(({ line }) => line.includes(control.token)) ??
    model.sent(markedLine(host, control.line));
  const wanted = sent?.labels ?? common;
  const entry = found.get(control.token);
  // Loki adds labels of its own; those of the pipeline count.
  const differing = Object.keys(wanted).filter((name) => entry?.labels[name] !== wanted[name]);
  // A line that an operator logged may come from any unit.
  const judged = look.witness === undefined ? differing.filter((name) => name in common) : differing;
  const seen =
    entry === undefined
      ? "it is not there"
      : judged.length === 0
        ? "it is there"
        : `it is there with ${judged.map((name) => `${name}=${entry.labels[name] ?? ""}`).join(", ")}`;
  return {
    id: "control",
    name: "a line logged just now arrives",
    status: entry !== undefined && judged.length === 0 ? "held" : "failed",
    expected: `the control line with ${Object.entries(look.witness === undefined ? common : wanted)
      .map(([name, value]) => `${name}=${value}`)
      .join(", ")}`,
    seen,
    logql: [markedQuery(common, nonce)],
  };
}

/** What was read of the journal, before anything is known of it: `journalctl -o json`. */
export function readWitness(expectations: Expectations, journal: string): Witness | undefined {
  const entries = splitJournalJson(journal).flatMap((text, index) => {
    const entry = parseJournalJson(text, index);
    return isMalformed(entry) ? [] : [entry];
  });
  const [first] = entries;
  if (first === undefined) return undefined;
  const outcomes = expectations.model.run(entries);
  const times = entries.map(({ timestamp }: JournalEntry) => timestamp);
  const least = times.reduce((a, b) => (b < a ? b : a));
  const most = times.reduce((a, b) => (b > a ? b : a));
  return {
    range: { start: least - 1_000_000n, end: most },
    outcomes,
    sent: outcomes.filter((one) => one.outcome === "sent"),
  };
}

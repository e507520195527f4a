import { findSeries, newestEntry, selector } from "../../loki/index.ts";
import { formatInstant } from "../../pipeline/index.ts";
import { count, labelText, plural, witnessed, type CheckResult, type Look } from "../check.ts";
import type { Labels } from "../model.ts";

/** How far back the last line of a journal that has stopped is looked for, in nanoseconds. */
const LOOK_BACK = 7n * 86_400_000_000_000n;

/** The host's journal arrives. */
export async function journal({ expectations, connection, range }: Look): Promise<CheckResult> {
  const logql = selector(expectations.common);
  const found = await count(connection, logql, range);
  const base = {
    id: "journal",
    name: `the journal of ${expectations.host} arrives`,
    expected: `lines with ${labelText(expectations.common)}`,
    logql: [logql],
  };
  if (found > 0) return { ...base, status: "held", seen: plural(found, "line") };
  const last = await newestEntry(connection, logql, { start: range.end - LOOK_BACK, end: range.start });
  const seen =
    last === undefined ? "none" : `none; the last one is of ${formatInstant(BigInt(last.timestamp))}`;
  return { ...base, status: "failed", seen };
}

/** Every stream has the labels that every entry gets. */
export async function labels({ expectations, connection, range }: Look): Promise<CheckResult> {
  const { common, names } = expectations;
  const logql = selector(common);
  const streams = await findSeries(connection, logql, range);
  const missing = names.flatMap((name) => {
    const without = streams.filter((stream) => (stream[name] ?? "") === "").length;
    return without === 0 ? [] : [`${without} of ${plural(streams.length, "stream")} without ${name}`];
  });
  return {
    id: "labels",
    name: "every line has its labels",
    status: missing.length > 0 ? "failed" : streams.length === 0 ? "unseen" : "held",
    expected: `the labels ${names.join(", ")}`,
    seen: missing.length > 0 ? missing.join("; ") : `all of them on ${plural(streams.length, "stream")}`,
    logql: [logql],
  };
}

/** Lines of the kernel and of audit belong to no unit, and say instead where they come from. */
export async function transports(look: Look): Promise<CheckResult[]> {
  const { kernel, audit } = look.expectations;
  const results: CheckResult[] = [];
  if (kernel !== undefined) results.push(await transport("kernel", kernel, look));
  if (audit !== undefined) results.push(await transport("audit", audit, look));
  return results;
}

async function transport(kind: string, own: Labels, look: Look): Promise<CheckResult> {
  const { expectations, connection, range, witness } = look;
  const all = { ...expectations.common, ...own };
  const logql = selector(all);
  const found = await count(connection, logql, range);
  const there = witnessed(witness, all);
  return {
    id: kind,
    name: `${kind} lines say that they are`,
    status: found > 0 ? "held" : there > 0 ? "failed" : "unseen",
    expected: there > 0 ? `${plural(there, "line")} with ${labelText(own)}` : `lines with ${labelText(own)}`,
    seen: plural(found, "line"),
    logql: [logql],
  };
}

/** What the host's journal holds is all there. */
export async function completeness({
  expectations,
  connection,
  witness,
}: Look): Promise<CheckResult | undefined> {
  if (witness === undefined) return undefined;
  const { common } = expectations;
  // Loki takes an entry once, however often it is sent.
  const wanted = new Set(
    witness.sent
      .filter((one) => Object.entries(common).every(([name, value]) => one.labels[name] === value))
      .map(({ labels, timestamp, line }) => JSON.stringify([labels, timestamp, line])),
  ).size;
  const logql = selector(common);
  const found = await count(connection, logql, witness.range);
  return {
    id: "complete",
    name: "what the host's journal holds is there",
    status: wanted === 0 ? "unseen" : found < wanted ? "failed" : "held",
    expected: `${plural(wanted, "line")} at least`,
    seen: `${plural(found, "line")}${found < wanted ? `: ${wanted - found} missing` : ""}`,
    logql: [logql],
  };
}

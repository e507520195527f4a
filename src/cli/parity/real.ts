import { parse } from "../../alloy/index.ts";
import { error, FleetError, type Diagnostic } from "../../diagnostics/index.ts";
import { startLoki, type Range } from "../../loki/index.ts";
import {
  asSeenByLoki,
  compareArrivals,
  compilePromtail,
  isTenant,
  type Arrival,
  type ArrivalComparison,
  type Arrivals,
  type Programs,
} from "../../parity/index.ts";
import { compile, type Compiled, type CompileOptions, type JournalEntry } from "../../pipeline/index.ts";
import { ensureProgram, findProgram } from "../../programs/index.ts";
import { convert, type Promtail } from "../../promtail/index.ts";
import { shipSideBySide } from "../../ship/index.ts";
import type { Input } from "../input.ts";
import type { Io } from "../io.ts";
import { describeDifference } from "./arrivals.ts";
import { programs, type Journal } from "./journal.ts";

export interface RealOptions {
  before: Input;
  promtail: Promtail;
  after: Input;
  alloyVersion: string;
  /** Whether a real Promtail, and a real Alloy where there is one, are to ship. */
  with: { promtail: boolean; alloy: boolean };
}

/** Who shipped, or a model of it, and what Loki has of it. */
export interface Side {
  name: string;
  arrivals: Arrivals;
}

export interface Check extends ArrivalComparison {
  left: string;
  right: string;
  /** True when they are equal, or differ only as they may. */
  ok: boolean;
}

/** What came of one journal on every way to Loki. */
export interface RealReport {
  ok: boolean;
  journal: { origin: string; entries: number };
  loki: string;
  sides: readonly Side[];
  checks: readonly Check[];
  diagnostics: readonly Diagnostic[];
}

/** Who ships where Alloy is not asked for or not there. */
const EMBEDDED = "fleet ship (embedded, in place of Alloy)";

/**
 * Ships a journal by real programs into a real Loki, and compares what arrived with each other and with what the
 * models say. Where Alloy is not asked for or not there, fleet's embedded shipper takes its place.
 *
 * @throws FleetError when a configuration cannot be run, or a program is missing or fails.
 */
export async function compareReal(options: RealOptions, journal: Journal, io: Io): Promise<RealReport> {
  const { before, after, alloyVersion } = options;
  const began = BigInt(Date.now()) * 1_000_000n;
  const said = predict(options, journal.entries, { env: io.env, newest: began });
  const pushed = [...said.promtail, ...said.alloy];
  const promtail = options.with.promtail ? await ensureProgram("promtail", programs(io)) : undefined;
  const alloy = options.with.alloy ? await findProgram("alloy", programs(io)) : undefined;
  const journalctl = await ensureProgram("journalctl", programs(io));
  const loki = await startLoki({ ...programs(io), multiTenant: true });
  try {
    const shipped = await shipSideBySide({
      ...programs(io),
      journal: journal.directory,
      journalctl,
      loki,
      ...(promtail === undefined ? {} : { promtail: { program: promtail, config: before.text } }),
      alloy: { program: alloy, config: { file: after.name, text: after.text }, version: alloyVersion },
      tenants: [...new Set(pushed.flatMap(({ tenant }) => tenant ?? []))].filter(isTenant),
      range: rangeOf(pushed, began),
    });
    const side = (name: string, entries: readonly Arrival[]): Side => {
      return { name, arrivals: asSeenByLoki(entries.map((entry) => timedBefore(entry, began))) };
    };
    const models = {
      promtail: side("the model of Promtail", said.promtail),
      alloy: side("the model of Alloy", said.alloy),
    };
    const ofAlloy = side(alloy?.description ?? EMBEDDED, shipped.alloy);
    const ofPromtail = promtail && side(promtail.description, shipped.promtail ?? []);
    const allowances = {
      promtail: models.promtail.arrivals,
      lossless: side("the lossless conversion", said.lossless).arrivals,
    };
    const checks = [
      ...(ofPromtail === undefined ? [] : [check(ofPromtail, models.promtail)]),
      check(ofAlloy, models.alloy),
      check(ofPromtail ?? models.promtail, ofAlloy, allowances),
    ];
    return {
      ok: checks.every(({ ok }) => ok),
      journal: { origin: journal.origin, entries: journal.entries.length },
      loki: loki.program.description,
      sides: [...(ofPromtail === undefined ? [] : [ofPromtail]), models.promtail, ofAlloy, models.alloy],
      checks,
      diagnostics: checks.filter(({ ok }) => !ok).map(finding),
    };
  } finally {
    await loki.stop();
  }
}

/** What either model pushes, and what Alloy would with the conversion that loses nothing. */
function predict(
  { before, promtail, after, alloyVersion }: RealOptions,
  entries: readonly JournalEntry[],
  context: Pick<CompileOptions, "env" | "newest">,
): Record<"promtail" | "alloy" | "lossless", Arrival[]> {
  const alloy = (name: string, text: string): Arrival[] =>
    push(compile(parse(name, text).file, { ...context, alloyVersion }), entries);
  return {
    promtail: push(compilePromtail(promtail, context), entries),
    alloy: alloy(after.name, after.text),
    lossless: alloy(`${before.name} (converted)`, convert(promtail, { faithful: true, alloyVersion }).text),
  };
}

function push({ pipeline, diagnostics }: Compiled, entries: readonly JournalEntry[]): Arrival[] {
  if (pipeline === undefined) throw new FleetError(diagnostics, 1);
  const outcomes = entries.flatMap((entry, index) => pipeline.pushJournal(entry, index));
  // A loki.echo prints and pushes nothing.
  return [...outcomes, ...pipeline.flush()].flatMap((outcome) =>
    outcome.outcome === "sent" && outcome.to.startsWith("loki.write.") ? [outcome] : [],
  );
}

/** The times between which everything is that may arrive, with an hour on either side. */
function rangeOf(entries: readonly Arrival[], began: bigint): Range {
  const hour = 3_600_000_000_000n;
  let [start, end] = [began, began];
  for (const { timestamp } of entries) {
    const time = timestamp === null ? began : BigInt(timestamp);
    if (time < start) start = time;
    if (time > end) end = time;
  }
  return { start: start - hour, end: end + hour };
}

/** The entry, its time null when it was only made in this run: then it is the time of reading. */
function timedBefore(entry: Arrival, began: bigint): Arrival {
  const { timestamp } = entry;
  return timestamp !== null && BigInt(timestamp) >= began ? { ...entry, timestamp: null } : entry;
}

function check(left: Side, right: Side, allowances?: Programs): Check {
  const comparison = compareArrivals(left.arrivals, right.arrivals, allowances);
  const ok = comparison.differences.every(({ allowed }) => allowed !== undefined);
  return { left: left.name, right: right.name, ok, ...comparison };
}

function finding({ left, right, differences }: Check): Diagnostic {
  const wrong = differences.filter(({ allowed }) => allowed === undefined);
  const [first] = wrong;
  const what = first === undefined ? "" : describeDifference(first);
  const count = wrong.length === 1 ? "1 entry differs" : `${wrong.length} entries differ, first`;
  return error("parity/arrived", `${left} and ${right}: ${count}: ${what}`, {
    hint: "the differences of components and behaviour above say where it comes from",
  });
}

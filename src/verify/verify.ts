import { FleetError, type Code } from "../diagnostics/index.ts";
import { queryMatrix, selector, type LokiConnection, type Range } from "../loki/index.ts";
import { LIMITS, type CheckResult, type Limits, type Look, type Witness } from "./check.ts";
import { completeness, journal, labels, transports } from "./checks/arrival.ts";
import { drops } from "./checks/drops.ts";
import { coredumps, sessions } from "./checks/shape.ts";
import { cardinality, clock as clockCheck, rate } from "./checks/volume.ts";
import { expectationsOf, type Expectations } from "./expectations.ts";
import {
  controlCheck,
  findMarked,
  linesToLog,
  markedLines,
  readWitness,
  type MarkedLines,
} from "./marker.ts";
import type { Configuration } from "./model.ts";

/** The time that passes; tests bring their own. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  sleep(milliseconds: number, signal: AbortSignal): Promise<void>;
}

/**
 * Has a host log lines under the identifier `fleet-verify`, in this order, and gives what its journal then holds from
 * `since` (milliseconds since 1970) on, as `journalctl -o json` prints it; undefined where it cannot be read, as when a
 * person logs them.
 *
 * @throws FleetError `verify/marker-failed`
 */
export type LogMarked = (lines: readonly string[], since: number) => Promise<string | undefined>;

export interface VerifyOptions {
  host: string;
  /** What the host's Alloy runs. */
  config: Configuration;
  /** The fleet's Loki. */
  loki: LokiConnection;
  /** Milliseconds up to now that are looked at: 15 minutes. */
  since?: number;
  /** Milliseconds by which the time to compare the rate with lies back: the day before is 86,400,000. Left out: no comparison. */
  baseline?: number;
  /** Left out: no line is marked, and drops are only shown where the host happens to log such lines. */
  logMarked?: LogMarked;
  /** A word of hexadecimal digits that no line has had yet. */
  nonce: string;
  limits?: Partial<Limits>;
  /** Milliseconds that all has to be as expected within; 0: as it stands, but for the control line, which has 30 s. */
  within?: number;
  clock: Clock;
  signal: AbortSignal;
  /** Told of each look. */
  log?: (line: string) => void;
}

/** What Loki holds of a host. */
export interface VerifyReport {
  host: string;
  /** True when no check failed, and what needs no luck to be seen was. */
  verified: boolean;
  checks: readonly CheckResult[];
  /** Milliseconds since 1970. */
  from: number;
  to: number;
  /** Lines a minute, for plots; `before` where there is a baseline. */
  rates: { now: readonly Rate[]; before: readonly Rate[] };
}

/** Milliseconds since 1970, and the lines of the minute before. */
export type Rate = readonly [time: number, lines: number];

/** What a control line has to arrive, at least. */
const CONTROL = 30_000;
/** Between two looks. */
const PAUSE = 2000;
/** Loki may be there again a moment later. */
const PASSING: ReadonlySet<Code> = new Set([
  "loki/unreachable",
  "loki/busy",
  "loki/partial",
  "loki/query-failed",
]);

/**
 * Asks the fleet's Loki whether it holds of a host what the host's own configuration promises. A check that does not
 * hold is part of the report; with `within` it looks again until all hold or the time is over.
 *
 * @throws FleetError when nothing could be found out: `loki/...` (a Loki that is down, slow, refuses, or answers in
 *   part), `verify/no-host-label`, `verify/marker-failed`, and what is wrong with the configuration
 */
export async function verifyHost(options: VerifyOptions): Promise<VerifyReport> {
  const { host, config, clock, signal, within = 0, since = 900_000 } = options;
  const expectations = expectationsOf(host, config);
  const begun = clock.now();
  const marker = await mark(expectations, options, begun - since);
  const deadline = begun + within;
  const controlDeadline = Math.max(deadline, clock.now() + CONTROL);
  for (;;) {
    let report: VerifyReport | undefined;
    let waits = false;
    let failure: FleetError | undefined;
    try {
      ({ report, waits } = await lookOnce(expectations, marker, options));
    } catch (caught) {
      if (!(caught instanceof FleetError) || !caught.diagnostics.every(({ code }) => PASSING.has(code)))
        throw caught;
      failure = caught;
    }
    if (report?.verified === true) return report;
    const now = clock.now();
    if (now >= (waits ? controlDeadline : deadline)) {
      if (report !== undefined) return report;
      throw failure ?? new TypeError("neither a report nor a failure");
    }
    options.log?.(failure === undefined ? notYet(report) : failure.message);
    await clock.sleep(PAUSE, signal);
  }
}

function notYet(report: VerifyReport | undefined): string {
  const open = report?.checks.filter(({ status }) => status === "failed") ?? [];
  return `not yet: ${open.map(({ name, seen }) => `${name}: ${seen}`).join("; ")}`;
}

interface Marker {
  lines: MarkedLines;
  witness: Witness | undefined;
  /** When the lines were logged, milliseconds since 1970. */
  begun: number;
}

async function mark(
  expectations: Expectations,
  { logMarked, nonce, clock }: VerifyOptions,
  since: number,
): Promise<Marker | undefined> {
  if (logMarked === undefined) return undefined;
  const lines = markedLines(expectations, nonce);
  const begun = clock.now();
  const read = await logMarked(linesToLog(lines), since);
  return { lines, begun, witness: read === undefined ? undefined : readWitness(expectations, read) };
}

/** How long before and after its logging a marked line is looked for: a clock may be off. */
const AROUND = 86_400_000n * 1_000_000n;

async function lookOnce(
  expectations: Expectations,
  marker: Marker | undefined,
  { loki, since = 900_000, baseline, limits, clock, host, signal }: VerifyOptions,
): Promise<{ report: VerifyReport; waits: boolean }> {
  const now = clock.now();
  const range = { start: BigInt(now - since) * 1_000_000n, end: BigInt(now) * 1_000_000n };
  const connection = { ...loki, signal };
  const look: Look = {
    expectations,
    connection,
    range,
    limits: { ...LIMITS, ...limits },
    witness: marker?.witness,
  };
  const found =
    marker && (await findMarked(look, marker.lines, { start: range.end - AROUND, end: range.end + AROUND }));
  const checks = [
    await journal(look),
    await labels(look),
    ...(await transports(look)),
    await sessions(look),
    await coredumps(look),
    marker && found && controlCheck(look, marker.lines, found),
    await completeness(look),
    ...(await drops(look, marker?.lines, found)),
    baseline === undefined ? undefined : await rate(look, baseline),
    await cardinality(look),
    await clockCheck(look),
  ].filter((check) => check !== undefined);
  const failed = checks.some(({ status }) => status === "failed");
  const shown = checks.every(({ id, status }) => status === "held" || !NEEDED.has(id));
  const shift = BigInt(baseline ?? 0) * 1_000_000n;
  const before = { start: range.start - shift, end: range.end - shift };
  const report = {
    host,
    verified: !failed && shown,
    checks,
    from: now - since,
    to: now,
    rates: {
      now: await perMinute(look, range),
      before: baseline === undefined ? [] : await perMinute(look, before),
    },
  };
  // A control line that has come in another form will not change.
  return { report, waits: found !== undefined && !found.has(marker?.lines.control.token ?? "") };
}

/** What can be seen of every host that ships at all. */
const NEEDED: ReadonlySet<string> = new Set(["journal", "labels", "control"]);

/** At most so many points of a plot. */
const POINTS = 240;

async function perMinute({ expectations, connection }: Look, range: Range): Promise<Rate[]> {
  const minutes = Number((range.end - range.start) / 60_000_000_000n);
  const step = 60 * Math.max(1, Math.ceil(minutes / POINTS));
  const logql = `sum(count_over_time(${selector(expectations.common)} [${step}s]))`;
  const [series] = await queryMatrix(connection, logql, range, step);
  return (series?.values ?? []).map(([time, lines]) => [time * 1000, (lines * 60) / step]);
}

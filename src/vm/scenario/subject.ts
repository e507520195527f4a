import { ALLOY_VERSION, parse } from "../../alloy/index.ts";
import { FleetError } from "../../diagnostics/index.ts";
import { selector } from "../../loki/index.ts";
import { compile, isMalformed, parseJournalJson } from "../../pipeline/index.ts";
import { promtailPredictor } from "../../ship/index.ts";
import { lokiPlace } from "../loki-place.ts";
import type { Fate, Subject } from "./scenario.ts";

export interface SubjectInputs {
  host: string;
  configuration: Subject["configuration"];
  /** The Promtail configuration that the pipeline has to equal, as plain data; undefined where there is none. */
  promtail: unknown;
  credential: Subject["credential"];
  /** The push URL of the fleet's Loki. */
  lokiUrl: string;
}

/** What scenarios expect of a host, and where that comes from, in words. */
export interface ReadSubject extends Subject {
  basis: string;
}

/**
 * Reads from a host's configuration what scenarios expect of it: from the Promtail configuration where there is one
 * that can be predicted, so that a mistake in the Alloy pipeline is seen; else from the Alloy configuration itself.
 *
 * @throws FleetError for an Alloy configuration that cannot be read.
 */
export function readSubject({
  host,
  configuration,
  promtail,
  credential,
  lokiUrl,
}: SubjectInputs): ReadSubject {
  const predicted = promtailFate(promtail);
  const fateOf = predicted ?? pipelineFate(configuration);
  const predict = (fields: Readonly<Record<string, string>>): Fate => fateOf({ _HOSTNAME: host, ...fields });
  const { name, listen, port } = lokiPlace(lokiUrl);
  return {
    host,
    all: selector(commonLabel(predict)),
    predict,
    configuration,
    credential,
    lokiAddress: `${name ?? listen}:${port}`,
    basis:
      predicted === undefined
        ? "config.alloy, read by fleet's pipeline engine"
        : "the Promtail configuration",
  };
}

/** The label by which the journal's entries are asked for: one that entries of all kinds have in common. */
function commonLabel(predict: Subject["predict"]): Record<string, string> {
  const service = predict({ MESSAGE: "a", PRIORITY: "6", _TRANSPORT: "stdout", _SYSTEMD_UNIT: "a.service" });
  const kernel = predict({ MESSAGE: "b", PRIORITY: "4", _TRANSPORT: "kernel", SYSLOG_IDENTIFIER: "kernel" });
  if (!service.arrives || !kernel.arrives) return { job: "systemd-journal" };
  const common = Object.entries(service.labels).filter(([name, value]) => kernel.labels[name] === value);
  const [first] = common.sort(([left], [right]) => Number(right === "job") - Number(left === "job"));
  return Object.fromEntries(first === undefined ? [["job", "systemd-journal"]] : [first]);
}

/** What the Promtail configuration makes of an entry; undefined where that cannot be predicted. */
function promtailFate(promtail: unknown): Subject["predict"] | undefined {
  const predictor = promtailPredictor(promtail);
  if (predictor === undefined) return undefined;
  return (fields) => {
    const { arrives, labels, line } = predictor(fields);
    return arrives ? { arrives, labels, line } : { arrives };
  };
}

/** What the Alloy configuration makes of an entry. */
function pipelineFate({ path, text }: Subject["configuration"]): Subject["predict"] {
  const { file, diagnostics } = parse(path, text);
  if (diagnostics.length > 0) throw new FleetError(diagnostics, 1);
  return (fields) => {
    const now = BigInt(Date.now()) * 1000n;
    const built = compile(file, { alloyVersion: ALLOY_VERSION, env: {}, now: now * 1000n });
    if (built.pipeline === undefined) throw new FleetError(built.diagnostics, 1);
    const entry = parseJournalJson({ __REALTIME_TIMESTAMP: String(now), ...fields }, 0);
    if (isMalformed(entry)) return { arrives: false };
    const outcomes = [...built.pipeline.pushJournal(entry, 0), ...built.pipeline.flush()];
    const sent = outcomes.find((outcome) => outcome.outcome === "sent");
    return sent === undefined ? { arrives: false } : { arrives: true, labels: sent.labels, line: sent.line };
  };
}

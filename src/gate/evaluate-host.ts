import { join } from "node:path";
import { error, FleetError } from "../diagnostics/index.ts";
import type { Host } from "../manifest/index.ts";
import {
  NixKilled,
  Places,
  type EvaluateOptions,
  type Evaluator,
  type Look,
  type Nix,
} from "../nix/index.ts";
import { placed } from "./batch.ts";
import { embeddedHost, evaluateEmbedded } from "./embedded.ts";
import type { HostFindings } from "./findings.ts";
import { evaluateFlake, evaluateThroughNixpkgs } from "./real.ts";
import type { Session } from "./session.ts";
import type { Slot, Workers } from "./workers.ts";

/** What one host is evaluated with. */
export interface HostTask {
  host: Host;
  evaluator: Evaluator | undefined;
}

/** What came of a host's evaluation. */
export interface HostOutcome {
  findings: HostFindings;
  looks: readonly Look[];
  seconds: number;
  /** When it was begun, in milliseconds since 1970. */
  since: number;
}

/** What all evaluations of a run have in common. */
export interface Common {
  root: string;
  nix: Nix;
  evaluation: EvaluateOptions;
  /** Absolute path of strace; undefined where there is none. */
  strace: string | undefined;
  /** Absolute path of nix-eval-jobs, where that is to evaluate hosts of a nixpkgs. */
  evalJobs: string | undefined;
  workers: Workers;
}

/** Bytes that an evaluation probably takes: a NixOS host is said to need 0.7 to 2.5 GB. */
const EXPECTED = { embedded: 64e6, nixpkgs: 1.2e9 };

/** True for a host that the embedded surface stands in for. */
export function isEmbedded({ host, evaluator }: HostTask): boolean {
  return host.entry.kind === "configuration" && evaluator?.kind !== "nixpkgs";
}

/**
 * Evaluates one host in a process of its own. One whose process is ended, because memory ran short or by somebody, is
 * tried once more with nothing beside it; after that it is a finding.
 */
export async function evaluateHost(task: HostTask, common: Common): Promise<HostOutcome> {
  const expected = isEmbedded(task) ? EXPECTED.embedded : EXPECTED.nixpkgs;
  try {
    return await common.workers.run({ expected }, (slot) => attempt(task, common, slot));
  } catch (caught) {
    if (!(caught instanceof NixKilled)) throw caught;
  }
  return common.workers.run({ expected, alone: true }, async (slot) => {
    const begun = performance.now();
    try {
      return await attempt(task, common, slot);
    } catch (caught) {
      if (!(caught instanceof NixKilled)) throw caught;
      const diagnostics = slot.overrun ? [outOfMemory(slot)] : caught.diagnostics;
      return failed(diagnostics, begun);
    }
  });
}

async function attempt(task: HostTask, common: Common, slot: Slot): Promise<HostOutcome> {
  const since = Date.now();
  const begun = performance.now();
  const looks: Look[] = [];
  const places = new Places(common.root);
  const session: Session = {
    root: common.root,
    nix: common.nix,
    strace: common.strace,
    places,
    evaluation: { ...common.evaluation, onStart: slot.onStart },
    look: (look) => void looks.push(look),
  };
  try {
    const findings = await evaluateEntry(task, session);
    return { findings, looks: [...looks, ...placed(places)], seconds: secondsFrom(begun), since };
  } catch (caught) {
    // The run as a whole ends when it is interrupted; anything else is this host's own misfortune.
    common.evaluation.signal?.throwIfAborted();
    if (caught instanceof NixKilled || !(caught instanceof FleetError)) throw caught;
    return failed(caught.diagnostics, begun);
  }
}

function failed(diagnostics: HostFindings["diagnostics"], begun: number): HostOutcome {
  const looks: Look[] = [{ kind: "impure", subject: "an evaluation that did not come to its end" }];
  return { findings: { diagnostics, unverified: [] }, looks, seconds: secondsFrom(begun), since: 0 };
}

function outOfMemory(slot: Slot): HostFindings["diagnostics"][number] {
  const message = `the evaluation was ended when it held ${Math.round(slot.peak / 1e6)} MB, with nothing beside it`;
  const hint =
    "free memory, or find what makes the host so large: a list without end, or an import that repeats itself";
  return error("gate/out-of-memory", message, { hint });
}

async function evaluateEntry(
  { host: { entry, channel }, evaluator }: HostTask,
  session: Session,
): Promise<HostFindings> {
  if (entry.kind === "flake") return evaluateFlake(entry, channel, session);
  const configuration = join(session.root, entry.file);
  if (evaluator?.kind === "nixpkgs") {
    return evaluateThroughNixpkgs(configuration, evaluator.path, channel, session);
  }
  return evaluateEmbedded(embeddedHost(configuration, channel, session.root), session);
}

function secondsFrom(begun: number): number {
  return (performance.now() - begun) / 1000;
}

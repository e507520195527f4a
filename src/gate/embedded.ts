import { isAbsolute } from "node:path";
import { z } from "zod";
import type { Code, Diagnostic, Span } from "../diagnostics/index.ts";
import type { Channel } from "../manifest/index.ts";
import {
  channelModules,
  EMBEDDED_RELEASES,
  evaluateWatched,
  OWN_NIX_FILES,
  type EvaluateOptions,
  type Evaluation,
  type NixFailure,
  type Places,
} from "../nix/index.ts";
import { isWithin } from "../repository/index.ts";
import { diagnose, firstSpan, type Finding } from "./diagnose.ts";
import { failureSpan, lacksSomething, missingFromSearchPath, missingRead, readFailure } from "./failure.ts";
import type { HostFindings } from "./findings.ts";
import type { Session } from "./session.ts";
import type { Unverified } from "./report.ts";

const place = z.union([
  z.object({ file: z.string(), line: z.number(), column: z.number() }),
  z.object({ file: z.string() }),
]);
const answer = z.object({
  problems: z.array(
    z.object({
      kind: z.string(),
      message: z.string(),
      option: z.string(),
      places: z.array(place),
      siblings: z.array(z.string()).default([]),
    }),
  ),
  unverified: z.array(z.object({ option: z.string(), place })),
  assertions: z.array(z.object({ message: z.string(), places: z.array(place), stated: z.nullable(place) })),
  warnings: z.array(z.string()),
  files: z.array(z.string()),
});

/** Codes of the problems whose message alone does not say what they are. */
const CODES: Readonly<Record<string, Code>> = {
  "missing-import": "gate/missing-file",
  "not-a-module": "gate/invalid-module",
};

/** A module that changes nothing, for names that NIX_PATH should know. */
const UNKNOWN_MODULE = `${OWN_NIX_FILES}surface/unknown-module.nix`;

/** A host as the surface is asked about it. */
export interface EmbeddedHost {
  /** For nix/gate/embedded.nix. */
  request: Request;
  /** What can be said to lie outside of the surface before any evaluation. */
  outside: readonly Unverified[];
}

interface Request {
  release: string;
  /** Absolute paths. */
  modules: readonly string[];
}

/**
 * What the surface is asked about a host.
 *
 * @param configuration absolute path of the host's configuration.nix
 */
export function embeddedHost(configuration: string, channel: Channel, root: string): EmbeddedHost {
  const extra = splitModules(channel, root);
  return {
    request: { release: channel.name, modules: [configuration, ...extra.own] },
    outside: [...unknownRelease(channel), ...extra.unknown],
  };
}

/** Evaluates a host through the embedded option surface. */
export async function evaluateEmbedded(host: EmbeddedHost, session: Session): Promise<HostFindings> {
  const { request } = host;
  const outside = [...host.outside];
  const searchPath: string[] = [];
  let guessing = false;
  for (;;) {
    const options = { ...session.evaluation, searchPath };
    const evaluation = await ask("gate/embedded.nix", request, options, session);
    if (evaluation.ok) return readAnswer(evaluation.value, { request, outside }, session.places);
    const absent = missingFromSearchPath(evaluation.failure);
    const entry = `${absent ?? ""}=${UNKNOWN_MODULE}`;
    if (absent !== undefined && !searchPath.includes(entry)) {
      // Once more without it: the rest of the host may have mistakes that can be told all the same.
      if (!isCovered(absent)) {
        outside.push({ option: `<${absent}>`, span: failureSpan(evaluation.failure, session.places) });
        guessing = true;
      }
      searchPath.push(entry);
      continue;
    }
    // What such a module would have brought may be all that fails now.
    if (guessing && lacksSomething(evaluation.failure)) return { diagnostics: [], unverified: outside };
    const judged = await judgeFailure(evaluation.failure, request, options, session);
    return { ...judged, unverified: [...outside, ...judged.unverified] };
  }
}

async function ask(
  file: string,
  request: object,
  options: EvaluateOptions,
  { nix, look }: Session,
): Promise<Evaluation> {
  return evaluateWatched(nix, file, request, options, (line) => {
    if ("look" in line) look(line.look);
    else if ("copied" in line) look({ kind: "tree", subject: line.copied });
  });
}

/** The findings in what nix/gate/judge.nix says of a host. */
export function readAnswer(value: unknown, { request, outside }: EmbeddedHost, places: Places): HostFindings {
  const { problems, unverified, assertions, warnings, files } = answer.parse(value);
  const say = (finding: Finding): Diagnostic => diagnose({ ...finding, files }, request.release, places);
  return {
    diagnostics: [
      ...problems.map(({ kind, ...problem }) =>
        say({ ...problem, otherwise: CODES[kind] ?? "gate/invalid-module" }),
      ),
      ...assertions.map((failed) => say({ ...failed, otherwise: "gate/failed-assertion" })),
      ...warnings.map((message) => say({ message, severity: "warning", otherwise: "gate/warning" })),
    ],
    unverified: [
      ...outside,
      ...unverified
        .map(({ option, place: at }) => ({ option, span: firstSpan([at], places) }))
        .sort((left, right) => compareSpans(left.span, right.span)),
    ],
  };
}

/** By file, then by line; what has no place comes first. */
function compareSpans(left: Span | undefined, right: Span | undefined): number {
  const [file, other] = [left?.file ?? "", right?.file ?? ""];
  return file < other ? -1 : file > other ? 1 : (left?.start.offset ?? 0) - (right?.start.offset ?? 0);
}

/** A failed evaluation; a read of an option that only the surface lacks is nothing wrong with the host. */
async function judgeFailure(
  failure: NixFailure,
  request: Request,
  options: EvaluateOptions,
  session: Session,
): Promise<HostFindings> {
  const { places } = session;
  const path = missingRead(failure, places);
  if (path === undefined || (await isKnown(path, request, options, session))) {
    return readFailure(failure, request.modules, request.release, places);
  }
  return { diagnostics: [], unverified: [{ option: path.join("."), span: failureSpan(failure, places) }] };
}

/** Whether the surface is sure that what a host reads does not exist. */
async function isKnown(
  path: readonly string[],
  request: Request,
  options: EvaluateOptions,
  session: Session,
): Promise<boolean> {
  const asked = await ask("gate/knows.nix", { ...request, path }, options, session);
  return asked.ok && asked.value === true;
}

/**
 * A channel's modules that can be evaluated here, which are the repository's own, and those that cannot; sops-nix
 * is part of the surface.
 */
function splitModules(channel: Channel, root: string): { own: string[]; unknown: Unverified[] } {
  const own: string[] = [];
  const unknown: Unverified[] = [];
  for (const module of channelModules(channel, root)) {
    if (isAbsolute(module) && isWithin(root, module)) own.push(module);
    else if (!isCovered(module)) {
      unknown.push({ option: `module ${module} of channel ${channel.name}`, span: undefined });
    }
  }
  return { own, unknown };
}

/** What the surface has itself: its sops options stand for sops-nix. */
function isCovered(module: string): boolean {
  return module.includes("sops-nix");
}

function unknownRelease({ name }: Channel): Unverified[] {
  if (EMBEDDED_RELEASES.includes(name)) return [];
  const option = `NixOS ${name}: the embedded option surface knows ${EMBEDDED_RELEASES.join(" and ")}`;
  return [{ option, span: undefined }];
}

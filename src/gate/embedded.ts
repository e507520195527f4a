import { isAbsolute } from "node:path";
import { z } from "zod";
import type { Code, Diagnostic, Span } from "../diagnostics/index.ts";
import type { Channel } from "../manifest/index.ts";
import {
  channelModules,
  EMBEDDED_RELEASES,
  evaluate,
  OWN_NIX_FILES,
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

/**
 * Evaluates a host through the embedded option surface.
 *
 * @param configuration absolute path of the host's configuration.nix
 */
export async function evaluateEmbedded(
  configuration: string,
  channel: Channel,
  session: Session,
): Promise<HostFindings> {
  const extra = splitModules(channel, session.root);
  const request = { release: channel.name, modules: [configuration, ...extra.own] };
  const outside: Unverified[] = [...unknownRelease(channel), ...extra.unknown];
  const searchPath: string[] = [];
  let guessing = false;
  for (;;) {
    const options = { ...session.evaluation, searchPath };
    const evaluation = await evaluate(session.nix, "gate/embedded.nix", request, options);
    if (evaluation.ok) {
      const { diagnostics, unverified } = readAnswer(evaluation.value, channel.name, session.places);
      return { diagnostics, unverified: [...outside, ...unverified] };
    }
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
    const { diagnostics, unverified } = await judgeFailure(evaluation.failure, request, {
      ...session,
      evaluation: options,
    });
    return { diagnostics, unverified: [...outside, ...unverified] };
  }
}

function readAnswer(value: unknown, channel: string, places: Places): HostFindings {
  const { problems, unverified, assertions, warnings, files } = answer.parse(value);
  const say = (finding: Finding): Diagnostic => diagnose({ ...finding, files }, channel, places);
  return {
    diagnostics: [
      ...problems.map(({ kind, ...problem }) =>
        say({ ...problem, otherwise: CODES[kind] ?? "gate/invalid-module" }),
      ),
      ...assertions.map((failed) => say({ ...failed, otherwise: "gate/failed-assertion" })),
      ...warnings.map((message) => say({ message, severity: "warning", otherwise: "gate/warning" })),
    ],
    unverified: unverified
      .map(({ option, place: at }) => ({ option, span: firstSpan([at], places) }))
      .sort((left, right) => compareSpans(left.span, right.span)),
  };
}

/** By file, then by line; what has no place comes first. */
function compareSpans(left: Span | undefined, right: Span | undefined): number {
  const [file, other] = [left?.file ?? "", right?.file ?? ""];
  return file < other ? -1 : file > other ? 1 : (left?.start.offset ?? 0) - (right?.start.offset ?? 0);
}

interface Request {
  release: string;
  modules: readonly string[];
}

/** A failed evaluation; a read of an option that only the surface lacks is nothing wrong with the host. */
async function judgeFailure(failure: NixFailure, request: Request, session: Session): Promise<HostFindings> {
  const { places } = session;
  const path = missingRead(failure, places);
  if (path === undefined || (await isKnown(path, request, session))) {
    return readFailure(failure, request.modules, request.release, places);
  }
  return { diagnostics: [], unverified: [{ option: path.join("."), span: failureSpan(failure, places) }] };
}

/** Whether the surface is sure that what a host reads does not exist. */
async function isKnown(path: readonly string[], request: Request, session: Session): Promise<boolean> {
  const asked = await evaluate(session.nix, "gate/knows.nix", { ...request, path }, session.evaluation);
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

import type { Code } from "../diagnostics/index.ts";
import type { NixFailure, Places } from "../nix/index.ts";
import { diagnose, firstSpan, locate } from "./diagnose.ts";
import type { HostFindings } from "./findings.ts";
import type { TraceStep, Unverified } from "./report.ts";

/** Failures that say what this machine lacks rather than what is wrong with the host. */
const BEYOND: readonly [pattern: RegExp, name: (match: RegExpExecArray) => string][] = [
  // Thrown by nix/surface/library.nix.
  [/^outside the embedded surface: (\S+)/, (match) => match[1] ?? ""],
  [/file '(.+?)' was not found in the Nix search path/, (match) => `<${match[1] ?? ""}>`],
  [/unable to download '(.+?)'/, (match) => match[1] ?? ""],
  [/(?:unable|failed|cannot) (?:to )?fetch (?:input )?'?(.+?)'?(?:\s|$)/i, (match) => match[1] ?? ""],
];

/** A read of `config`, as the text at Nix's place of a missing attribute. */
const CONFIG_READ = /config((?:\.(?:[A-Za-z_][\w'-]*|"[^"$\\]*"))+)/y;
/** `cfg = config.services.alloy;` */
const ALIAS = /\b([A-Za-z_][\w'-]*)\s*=\s*config((?:\.(?:[A-Za-z_][\w'-]*|"[^"$\\]*"))+)\s*;/g;

/**
 * What a failed evaluation says of a host: something wrong, at the innermost place in the user's own files, or
 * something that could not be judged here.
 *
 * @param files the files that the evaluation began with, absolute
 */
export function readFailure(
  failure: NixFailure,
  files: readonly string[],
  channel: string,
  places: Places,
): HostFindings {
  const span = failureSpan(failure, places);
  for (const [pattern, name] of BEYOND) {
    const match = pattern.exec(failure.message);
    if (match !== null) {
      const unverified: Unverified = { option: name(match), span };
      return { diagnostics: [], unverified: [unverified] };
    }
  }
  const finding = diagnose({ message: failure.message, otherwise: codeOf(failure.message) }, channel, places);
  const placed =
    finding.span ?? span ?? definitionSpan(failure, places) ?? importSpan(failure, files, places);
  const diagnostics = [placed === undefined ? finding : { ...finding, span: placed }];
  return { diagnostics, unverified: [], trace: traceOf(failure, places) };
}

/** The steps of a failure, innermost first, with the names of files as they are in the repository. */
function traceOf({ frames }: NixFailure, places: Places): TraceStep[] {
  return frames.map(({ doing, place }) => {
    const own = place === undefined ? undefined : places.relative(place.file);
    return {
      doing: places.shorten(doing, []),
      file: own ?? place?.file,
      line: place?.line,
      own: own !== undefined || places.mentions(doing),
    };
  });
}

/**
 * Where the definition stands that a nixpkgs' module system was evaluating: its trace names the option and the
 * files, and no lines.
 */
function definitionSpan({ frames }: NixFailure, places: Places): Unverified["span"] {
  const words = frames.map(({ doing }) => doing);
  const option = firstMatch(words, /while evaluating the option `(.+?)'/);
  const file = firstMatch(words, /while evaluating definitions from `(.+?)'/);
  return option === undefined || file === undefined ? undefined : locate({ option, files: [file] }, places);
}

/** Where one of the files names a file that is not there. */
function importSpan({ message }: NixFailure, files: readonly string[], places: Places): Unverified["span"] {
  const name = /(?:getting status of|opening file|^path) '.*\/(.+?)'/.exec(message)?.[1];
  if (name === undefined) return undefined;
  for (const file of files) {
    const relative = places.relative(file);
    const lines = relative === undefined ? undefined : places.lines(relative);
    const at = lines?.text.indexOf(`/${name}`) ?? -1;
    if (lines !== undefined && at !== -1) return lines.span(at + 1, at + 1 + name.length);
  }
  return undefined;
}

function firstMatch(texts: readonly string[], pattern: RegExp): string | undefined {
  for (const text of texts) {
    const found = pattern.exec(text)?.[1];
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The name that Nix did not find in its search path: "home-manager/nixos". */
export function missingFromSearchPath(failure: NixFailure): string | undefined {
  return /file '(.+?)' was not found in the Nix search path/.exec(failure.message)?.[1];
}

/** Whether a failure may come of a value that is not what it would be with everything at hand. */
export function lacksSomething({ message }: NixFailure): boolean {
  return /^attribute '.+' missing|^undefined variable|^value is |^cannot |^attempt to call|called with(?:out)? |has no value defined/.test(
    message,
  );
}

/** The innermost place of a failure in the repository. */
export function failureSpan(failure: NixFailure, places: Places): Unverified["span"] {
  return firstSpan([failure.place, ...failure.frames.map(({ place }) => place)], places);
}

/**
 * The option that a failure for want of an attribute was about to read from `config`, by the text at its place;
 * undefined for any other failure. An alias (`cfg = config.services.alloy;`) is followed.
 */
export function missingRead(failure: NixFailure, places: Places): string[] | undefined {
  // Since 2.20 Nix says where it was in the innermost step, and no more with the message itself.
  const place = failure.place ?? failure.frames[0]?.place;
  if (!/^attribute '.+' missing/.test(failure.message) || place === undefined) return undefined;
  const span = places.span(place);
  const lines = span && places.lines(span.file);
  if (span === undefined || lines === undefined) return undefined;
  CONFIG_READ.lastIndex = span.start.offset;
  const direct = CONFIG_READ.exec(lines.text)?.[1];
  if (direct !== undefined) return split(direct);
  for (const [, name = "", path = ""] of lines.text.matchAll(ALIAS)) {
    const rest = lines.text.slice(span.start.offset);
    if (rest.startsWith(`${name}.`)) {
      CONFIG_READ.lastIndex = 0;
      const read = CONFIG_READ.exec(`config${rest.slice(name.length)}`)?.[1];
      if (read !== undefined) return [...split(path), ...split(read)];
    }
  }
  return undefined;
}

function split(path: string): string[] {
  return (path.match(/"[^"]*"|[^."]+/g) ?? []).map((part) => part.replaceAll('"', ""));
}

function codeOf(message: string): Code {
  if (message.startsWith("syntax error")) return "nix/syntax-error";
  // Up to 2.18 in the words of the system, later in Nix's own.
  if (/No such file or directory|^path '.+' does not exist/.test(message)) return "gate/missing-file";
  return "gate/evaluation-failed";
}

import { closest, type Code, type Diagnostic, type Severity, type Span } from "../diagnostics/index.ts";
import type { NixPlace, Places } from "../nix/index.ts";
import { locateOption, splitOption } from "./locate.ts";
import { readMessage, type ReadMessage } from "./messages.ts";

/** What is known of a finding besides its message. */
export interface Finding {
  message: string;
  severity?: Severity;
  /** The code where the message is of no known kind. */
  otherwise: Code;
  /** Where the definitions stand, when known better than by name of file. */
  places?: readonly NixPlace[];
  /** The options beside one that does not exist. */
  siblings?: readonly string[];
  /** Where the assertion that failed is stated. */
  stated?: NixPlace | null;
  /** The host's files, its configuration first, where options are looked for that a message speaks of without naming a file. */
  files?: readonly string[];
}

/** An option in the words of a message: `users.users.bob.isNormalUser`. */
const OPTION_IN_WORDS = /[a-z][\w-]*(?:\.(?:[\w-]+|"[^"]*"))+/gi;

/**
 * Makes a message of the module system a diagnostic that points at the line: at the place that is given with it,
 * else at where the file that the message names binds the option.
 */
export function diagnose(finding: Finding, channel: string, places: Places): Diagnostic {
  const read = readMessage(finding.message, finding.otherwise);
  const given = finding.places ?? [];
  const span =
    firstSpan(given, places) ??
    locate(read, places) ??
    search(finding, places) ??
    lastResort(finding, places);
  const message = places.shorten(read.message, [...given.map(({ file }) => file), ...read.files]);
  const hint = hintFor(read, finding.siblings ?? [], channel);
  return {
    code: read.code,
    severity: finding.severity ?? "error",
    message,
    ...(span === undefined ? {} : { span }),
    ...(hint === undefined ? {} : { hint }),
  };
}

/** The first of the places that lies in the repository and has a line. */
export function firstSpan(given: readonly (NixPlace | undefined)[], places: Places): Span | undefined {
  for (const place of given) {
    const span = place?.line === undefined ? undefined : places.span(place);
    if (span !== undefined) return span;
  }
  return undefined;
}

/** Where the first of the files that lies in the repository binds the option, or the file's start. */
export function locate(
  { option, files }: Pick<ReadMessage, "option" | "files">,
  places: Places,
): Span | undefined {
  for (const file of files) {
    const name = places.relative(file);
    const lines = name === undefined ? undefined : places.lines(name);
    if (lines === undefined) continue;
    const stretch = option === undefined ? undefined : locateOption(lines.text, splitOption(option));
    return lines.span(stretch?.start ?? 0, stretch?.end ?? 0);
  }
  return undefined;
}

/** Where the host's files define an option that the message mentions. */
function search({ message, files = [] }: Finding, places: Places): Span | undefined {
  for (const option of message.match(OPTION_IN_WORDS) ?? []) {
    for (const file of files) {
      const name = places.relative(file);
      const lines = name === undefined ? undefined : places.lines(name);
      const stretch = lines && locateOption(lines.text, splitOption(option));
      if (lines !== undefined && stretch !== undefined) return lines.span(stretch.start, stretch.end);
    }
  }
  return undefined;
}

/** The assertion itself, where it is the user's own, else the start of the host's configuration. */
function lastResort({ stated, files = [] }: Finding, places: Places): Span | undefined {
  const own = firstSpan([stated ?? undefined], places);
  const name = files[0] === undefined ? undefined : places.relative(files[0]);
  return own ?? (name === undefined ? undefined : places.lines(name)?.span(0, 0));
}

function hintFor(read: ReadMessage, siblings: readonly string[], channel: string): string | undefined {
  const { code, option = "", suggestion } = read;
  if (code === "gate/removed-option")
    return `remove the definition: NixOS ${channel} no longer has ${option}`;
  if (code === "gate/renamed-option") {
    const name = /(?:renamed|changed) to `(.+?)'/.exec(read.message)?.[1];
    return name === undefined ? "define it under its new name" : `in NixOS ${channel} define ${name}`;
  }
  if (suggestion !== undefined) return suggestion;
  if (code !== "gate/unknown-option") return undefined;
  const meant = closest(lastPart(option), siblings.map(lastPart));
  const whole = siblings.find((sibling) => lastPart(sibling) === meant);
  return whole === undefined ? `NixOS ${channel} has no ${option}` : `Did you mean \`${whole}'?`;
}

function lastPart(option: string): string {
  return splitOption(option).at(-1) ?? option;
}

import type { Code } from "../diagnostics/index.ts";

/** What a message of NixOS's module system is about. */
export interface ReadMessage {
  code: Code;
  /** "services.alloy.enabel"; undefined when the message names none. */
  option: string | undefined;
  /** The files that the message names, as it does. */
  files: readonly string[];
  message: string;
  /** What the message itself suggests. */
  suggestion: string | undefined;
}

/**
 * The module system's messages, as nixpkgs words them from 23.05 to 26.11. The first group is the option.
 * A message names the files it is about, but no lines.
 */
const KINDS: readonly [pattern: RegExp, code: Code][] = [
  [/^The option `(.+?)' does not exist\./, "gate/unknown-option"],
  [/^A definition for option `(.+?)' is not of type/, "gate/wrong-type"],
  [/^You're trying to define a value of type .+? for the option\s+`(.+?)'!/, "gate/wrong-type"],
  [/^The option definition `(.+?)' in .+? no longer has any effect/, "gate/removed-option"],
  [/^The option `(.+?)' can no longer be used since it's been removed/, "gate/removed-option"],
  [/^The option `(.+?)' defined in .+? has been (?:renamed|changed) to/, "gate/renamed-option"],
  [/^The option `(.+?)' has conflicting definition/, "gate/conflicting-definitions"],
  [
    /^The option `(.+?)' is defined (?:multiple times|both null and not null)/,
    "gate/conflicting-definitions",
  ],
  [/^The option `(.+?)' is read-only, but it's set multiple times/, "gate/conflicting-definitions"],
  [/^The option `(.+?)' in .+? is already declared in/, "gate/invalid-module"],
  [
    /^The option `(.+?)' (?:was accessed but has no value defined|is used but not defined)/,
    "gate/evaluation-failed",
  ],
  [/^Module `.+?' has an unsupported attribute `(.+?)'/, "gate/invalid-module"],
];

/** Reads a message; one of an unknown kind gets `otherwise` as its code. */
export function readMessage(text: string, otherwise: Code): ReadMessage {
  const [message = "", suggestion] = text.trim().split(/\n\s*\n\s*(?=Did you mean)/);
  const files = [...message.matchAll(/\bin `([^']+)'|- In `([^']+)'|\band `([^']+)'/gi)]
    .map((match) => match[1] ?? match[2] ?? match[3] ?? "")
    // A definition that came through a flake's module is told with the way it came.
    .map((file) => file.replace(/, via option .*$/, ""));
  for (const [pattern, code] of KINDS) {
    const option = pattern.exec(message)?.[1];
    if (option !== undefined) return { code, option, files, message, suggestion: suggestion?.trim() };
  }
  return { code: otherwise, option: undefined, files, message, suggestion: suggestion?.trim() };
}

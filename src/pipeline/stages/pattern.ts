import { isValidUtf8 } from "../bytes.ts";
import type { Arguments } from "../config/arguments.ts";
import type { Step } from "../receiver.ts";
import { inputOf } from "./stage.ts";

/** A capture (`_` throws its text away) or literal text. */
type Part = { capture: string } | { literal: string };

/** stage.pattern: LogQL's pattern expressions, `<method> <path> <_>`. */
export function pattern(args: Arguments): Step {
  const source = args.string("pattern");
  if (source === "") args.fail("pattern is required", "pattern");
  const parts = parsePattern(args, source);
  const input = inputOf(args);
  const toLabels = args.bool("labels_from_groups", false);
  return (entry) => {
    const text = input(entry);
    if (text === undefined) return undefined;
    for (const [name, value] of matchPattern(parts, text)) {
      entry.extracted.set(name, value);
      if (toLabels && isValidUtf8(value)) entry.labels.set(name, value);
    }
    return undefined;
  };
}

function parsePattern(args: Arguments, source: string): readonly Part[] {
  const parts: Part[] = [];
  let literalFrom = 0;
  for (const match of source.matchAll(/<([A-Za-z_][A-Za-z0-9_]*)>/g)) {
    if (match.index > literalFrom) parts.push({ literal: source.slice(literalFrom, match.index) });
    parts.push({ capture: match[1] ?? "" });
    literalFrom = match.index + match[0].length;
  }
  if (literalFrom < source.length) parts.push({ literal: source.slice(literalFrom) });
  const names = parts.flatMap((part) => ("capture" in part && part.capture !== "_" ? [part.capture] : []));
  if (names.length === 0) args.fail("at least one capture is required", "pattern");
  if (new Set(names).size < names.length) args.fail("a capture name is used twice", "pattern");
  parts.forEach((part, index) => {
    const following = parts[index + 1];
    if ("capture" in part && following !== undefined && "capture" in following) {
      args.fail(`found consecutive capture '<${part.capture}><${following.capture}>'`, "pattern");
    }
  });
  return parts;
}

/** The captures; where a literal is missing, the capture before it takes all that is left and matching ends. */
function* matchPattern(parts: readonly Part[], text: string): Generator<[name: string, value: string]> {
  let rest = text;
  let index = 0;
  const first = parts[0];
  if (rest === "") return;
  if (first !== undefined && "literal" in first) {
    if (!rest.startsWith(first.literal)) return;
    rest = rest.slice(first.literal.length);
    index = 1;
  }
  for (; index < parts.length; index += 2) {
    const capture = parts[index];
    const literal = parts[index + 1];
    if (capture === undefined || !("capture" in capture)) return;
    const end = literal !== undefined && "literal" in literal ? rest.indexOf(literal.literal) : -1;
    if (capture.capture !== "_") yield [capture.capture, end === -1 ? rest : rest.slice(0, end)];
    if (end === -1 || literal === undefined || !("literal" in literal)) return;
    rest = rest.slice(end + literal.literal.length);
  }
}

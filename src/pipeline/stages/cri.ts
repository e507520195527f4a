import { byteLength, sliceBytes } from "../bytes.ts";
import type { Arguments } from "../config/arguments.ts";
import { streamKey, type Entry } from "../entry.ts";
import { dropEntry, type Place, type Receiver } from "../receiver.ts";
import { parseTime } from "../time/parse.ts";
import { NAMED_LAYOUTS } from "../time/layout.ts";
import { snapshot } from "../trace.ts";
import { composed } from "./composed.ts";
import { labels } from "./labels.ts";
import { regex } from "./regex.ts";
import { output } from "./rewrite.ts";
import type { StageContext } from "./stage.ts";
import { timestamp } from "./timestamp.ts";

/** Takes the header off a line and says its flag; undefined when the line has none and passes unchanged. */
type ReadHeader = (entry: Entry) => "F" | "P" | undefined;

/** What Promtail's cri stage does to a line before partial ones are joined. */
const PROMTAIL_HEADER = [
  [
    regex,
    String.raw`expression = "^(?s)(?P<time>\\S+?) (?P<stream>stdout|stderr) (?P<flags>\\S+?) (?P<content>.*)$"`,
  ],
  [labels, 'values = { stream = "" }'],
  [timestamp, 'source = "time"\nformat = "RFC3339Nano"\naction_on_duplicate_timestamp = "keep"'],
  [output, 'source = "content"'],
  [output, 'source = "tags"'],
] as const;

/**
 * stage.cri: the container runtime's `<time> <stream> <flag> <content>`. Sets time, line, label and extracted keys;
 * partial lines (flag P) of a label set are joined with the full line that ends them. Other lines pass unchanged.
 */
export function cri(args: Arguments, context: StageContext, place: Place, next: Receiver): Receiver {
  const maxPartials = args.number("max_partial_lines", 100);
  if (maxPartials <= 0) args.fail("max_partial_lines must be greater than 0", "max_partial_lines");
  const maxBytes = args.number("max_partial_line_size", 0);
  const truncates = args.bool("max_partial_line_size_truncate", false);
  const partials = new Map<string, Entry>();
  const readHeader = context.dialect === "promtail" ? promtailHeader(context) : alloyHeader;

  const cut = (entry: Entry): void => {
    if (truncates && byteLength(entry.line) > maxBytes) entry.line = sliceBytes(entry.line, 0, maxBytes);
  };
  const join = (before: Entry | undefined, entry: Entry): void => {
    if (before === undefined) return;
    entry.line = before.line + entry.line;
    entry.from = [...before.from, ...entry.from];
  };

  return {
    push(entry) {
      const before = entry.trace && snapshot(entry);
      const flag = readHeader(entry);
      if (flag === undefined) {
        next.push(entry);
        return;
      }
      const key = streamKey(entry.labels);
      const partial = partials.get(key);
      let note: string | undefined;
      if (flag === "P" && partials.size >= maxPartials) {
        for (const held of partials.values()) next.push(held);
        partials.clear();
        note = `${maxPartials} partial lines are held already: they go on unfinished`;
      } else if (partial !== undefined) {
        join(partial, entry);
        note = "joined with the partial lines before it";
      }
      if (flag === "P" || partial !== undefined) cut(entry);
      if (before !== undefined) {
        const after = snapshot(entry);
        entry.trace?.push({
          in: place.component,
          stage: place.stage,
          before,
          after,
          ...(note !== undefined && { note }),
        });
      }
      if (flag === "P") {
        partials.set(key, entry);
        return;
      }
      partials.delete(key);
      next.push(entry);
    },
    flush() {
      const lost = { reason: "partial_line", detail: "a partial line that no full line ended is lost" };
      for (const held of partials.values()) dropEntry(held, lost, place, context.ledger);
      partials.clear();
      next.flush();
    },
  };
}

const alloyHeader: ReadHeader = (entry) => {
  const parsed = parseCri(entry.line);
  if (parsed !== undefined) applyHeader(entry, parsed);
  return parsed?.flag;
};

/** Whatever is flagged neither P nor F counts as a full line, one without a header too. */
function promtailHeader(context: StageContext): ReadHeader {
  const step = composed(context, PROMTAIL_HEADER);
  return (entry) => {
    step(entry);
    return entry.extracted.get("flags") === "P" ? "P" : "F";
  };
}

interface CriLine {
  time: string;
  stream: string;
  flag: "F" | "P";
  content: string;
}

function applyHeader(entry: Entry, parsed: CriLine): void {
  entry.extracted.set("flags", parsed.flag);
  entry.extracted.set("stream", parsed.stream);
  entry.extracted.set("content", parsed.content);
  entry.extracted.set("time", parsed.time);
  entry.line = parsed.content;
  entry.labels.set("stream", parsed.stream);
  const time = parseTime(NAMED_LAYOUTS["RFC3339Nano"] ?? "", parsed.time);
  if (time !== undefined) entry.timestamp = time.nanoseconds;
}

/** Alloy 1.17's parser: the time is not checked, a flag that is neither F nor P is part of the content. */
function parseCri(line: string): CriLine | undefined {
  const space = line.search(/\p{White_Space}/u);
  const time = space === -1 ? "" : line.slice(0, space);
  const match = /^ (stdout|stderr) ([FP]?) ?/.exec(space === -1 ? line : line.slice(space));
  if (match === null) return undefined;
  const content = line.slice(Math.max(space, 0) + match[0].length);
  return { time, stream: match[1] ?? "", flag: match[2] === "P" ? "P" : "F", content };
}

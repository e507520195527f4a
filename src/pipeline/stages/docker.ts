import type { Arguments } from "../config/arguments.ts";
import type { Step } from "../receiver.ts";
import { NAMED_LAYOUTS } from "../time/layout.ts";
import { parseTime } from "../time/parse.ts";
import { composed } from "./composed.ts";
import { json } from "./json.ts";
import { labels } from "./labels.ts";
import { output } from "./rewrite.ts";
import type { StageContext } from "./stage.ts";
import { timestamp } from "./timestamp.ts";

/** What Promtail's docker stage is made of. */
const PROMTAIL_DOCKER = [
  [json, 'expressions = { output = "log", stream = "stream", timestamp = "time" }'],
  [labels, 'values = { stream = "" }'],
  [timestamp, 'source = "timestamp"\nformat = "RFC3339Nano"\naction_on_duplicate_timestamp = "keep"'],
  [output, 'source = "output"'],
] as const;

/**
 * stage.docker: the json-file driver's `{"log", "stream", "time"}`. Anything else passes unchanged in Alloy; in
 * Promtail each part is used for what it is.
 */
export function docker(_args: Arguments, context: StageContext): Step {
  if (context.dialect === "promtail") return composed(context, PROMTAIL_DOCKER);
  return (entry) => {
    const parsed = parseDocker(entry.line);
    if (parsed === undefined || parsed.log === "") return undefined;
    entry.extracted.set("output", parsed.log);
    entry.extracted.set("stream", parsed.stream);
    entry.extracted.set("timestamp", parsed.time);
    entry.line = parsed.log;
    entry.labels.set("stream", parsed.stream);
    const time = parseTime(NAMED_LAYOUTS["RFC3339Nano"] ?? "", parsed.time);
    if (time !== undefined) entry.timestamp = time.nanoseconds;
    return undefined;
  };
}

/** The three fields, "" where absent; undefined when it is no object or a field is not text. */
function parseDocker(line: string): { log: string; stream: string; time: string } | undefined {
  let data: unknown;
  try {
    data = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (typeof data !== "object" || data === null || Array.isArray(data)) return undefined;
  const fields = { log: "", stream: "", time: "" };
  // Go matches field names without regard to case.
  for (const [key, value] of Object.entries(data)) {
    const name = key.toLowerCase();
    if (name !== "log" && name !== "stream" && name !== "time") continue;
    if (value === null) continue;
    if (typeof value !== "string") return undefined;
    fields[name] = value;
  }
  return fields;
}

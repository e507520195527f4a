import { existsSync, readdirSync, readFileSync } from "node:fs";
import { parse } from "../../src/alloy/index.ts";
import { asSeenByLoki as throughLoki } from "../../src/parity/index.ts";
import {
  compile,
  isMalformed,
  parseJournalJson,
  splitJournalJson,
  type Compiled,
  type JournalEntry,
  type CompileOptions,
  type Outcome,
} from "../../src/pipeline/index.ts";

const ORACLE = new URL("../oracle/", import.meta.url);

/** An entry as a recording has it. */
export interface Recorded {
  labels: Record<string, string>;
  timestamp: string | null;
  line: string;
  structured_metadata: Record<string, string>;
  tenant?: string | null;
}

/** A recording: what was put in, and what Alloy and, where it can say the same, Promtail sent. */
export interface Case {
  name: string;
  config: string;
  journal: string | undefined;
  recordedAt: bigint;
  expected: readonly Recorded[];
  promtail: { config: string; expected: readonly Recorded[] } | undefined;
}

/** All recordings, by name. */
export function readCases(): readonly Case[] {
  return readdirSync(new URL("cases/", ORACLE))
    .sort()
    .map((name) => {
      const read = (file: string): string => readFileSync(new URL(`cases/${name}/${file}`, ORACLE), "utf8");
      const about = JSON.parse(read("case.json")) as { journal?: string; recorded_at: number };
      return {
        name,
        // The recordings name the root of the machine's files FILES; here it is /.
        config: read("config.alloy").replaceAll("FILES/", "/"),
        journal: about.journal,
        recordedAt: BigInt(Math.round(about.recorded_at * 1000)) * 1_000_000n,
        expected: JSON.parse(read("expected.json").replaceAll("FILES/", "/")) as Recorded[],
        promtail: existsSync(new URL(`cases/${name}/promtail.yaml`, ORACLE))
          ? {
              config: read("promtail.yaml").replaceAll("FILES/", "/"),
              expected: JSON.parse(read("expected.promtail.json").replaceAll("FILES/", "/")) as Recorded[],
            }
          : undefined,
      };
    });
}

/** What the engine makes of a recording's input with the configuration that was recorded of Alloy. */
export function replay(recording: Case): readonly Outcome[] {
  const { file, diagnostics } = parse(`${recording.name}/config.alloy`, recording.config);
  if (diagnostics.length > 0) throw new Error(JSON.stringify(diagnostics));
  return replayWith(recording, (options) => compile(file, { ...options, alloyVersion: "1.18.1" }));
}

/** What a pipeline makes of a recording's input. */
export function replayWith(
  recording: Case,
  build: (options: Omit<CompileOptions, "alloyVersion">) => Compiled,
): readonly Outcome[] {
  const files = recording.journal === undefined ? filesUnder("") : [];
  const { pipeline, diagnostics } = build({ env: {}, now: recording.recordedAt, files });
  if (pipeline === undefined) throw new Error(JSON.stringify(diagnostics));
  const outcomes: Outcome[] = [];
  let index = 0;
  for (const entry of recording.journal === undefined ? [] : journalOf(recording.journal)) {
    outcomes.push(...pipeline.pushJournal(entry, index++));
  }
  for (const path of pipeline.paths) {
    const lines = readFileSync(new URL(`files/pods${path}`, ORACLE), "utf8")
      .split("\n")
      .slice(0, -1);
    for (const line of lines) outcomes.push(...pipeline.pushFileLine(path, line, index++));
  }
  outcomes.push(...pipeline.flush());
  return outcomes;
}

/** The entries of a recorded journal. */
export function journalOf(name: string): readonly JournalEntry[] {
  const text = readFileSync(new URL(`journals/${name}.json`, ORACLE), "utf8");
  return splitJournalJson(text).map((item, index) => {
    const entry = parseJournalJson(item, index);
    if (isMalformed(entry)) throw new Error(entry.message);
    return entry;
  });
}

function filesUnder(directory: string): string[] {
  return readdirSync(new URL(`files/pods${directory}/`, ORACLE), { withFileTypes: true }).flatMap((item) => {
    const path = `${directory}/${item.name}`;
    return item.isDirectory() ? filesUnder(path) : [path];
  });
}

/** The entries as they are seen through Loki, in the order of their text. */
export function asSeenByLoki(entries: readonly (Recorded | Outcome)[]): readonly string[] {
  const sent = entries.filter(
    (entry) => !("outcome" in entry) || entry.outcome === "sent",
  ) as readonly Recorded[];
  const { byKey } = throughLoki(sent.map((entry) => ({ ...entry, tenant: entry.tenant ?? null })));
  return [...byKey].flatMap(([key, { count }]) => Array<string>(count).fill(key)).sort();
}

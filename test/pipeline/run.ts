import { parse } from "../../src/alloy/index.ts";
import {
  compile,
  isMalformed,
  parseJournalJson,
  type CompileOptions,
  type Outcome,
} from "../../src/pipeline/index.ts";

/** What becomes of journal entries in a configuration; `MESSAGE` alone may be given as text. */
export function explain(
  config: string,
  entries: readonly (string | Record<string, unknown>)[],
  options: Partial<CompileOptions> = {},
): readonly Outcome[] {
  const { pipeline, diagnostics } = compile(parse("config.alloy", config).file, {
    alloyVersion: "1.18.1",
    env: {},
    ...options,
  });
  if (pipeline === undefined) throw new Error(JSON.stringify(diagnostics));
  const outcomes = entries.flatMap((item, index) => {
    const fields = typeof item === "string" ? { MESSAGE: item } : item;
    const entry = parseJournalJson(
      { __REALTIME_TIMESTAMP: String(1_000_000 * (index + 1)), ...fields },
      index,
    );
    if (isMalformed(entry)) throw new Error(entry.message);
    return pipeline.pushJournal(entry, index);
  });
  return [...outcomes, ...pipeline.flush()];
}

/** A configuration that reads the journal, has these stages, and writes. */
export function withStages(stages: string): string {
  return `
loki.source.journal "read" {
  labels     = {job = "test"}
  forward_to = [loki.process.main.receiver]
}

loki.process "main" {
  forward_to = [loki.write.out.receiver]
${stages}
}

loki.write "out" { }
`;
}

/** The codes and messages of what is wrong with a configuration. */
export function faults(config: string): readonly string[] {
  const { diagnostics } = compile(parse("config.alloy", config).file, { alloyVersion: "1.18.1", env: {} });
  return diagnostics.map(({ code, message, span }) => `${code} ${span?.start.line ?? 0}: ${message}`);
}

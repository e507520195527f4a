import { readFileSync } from "node:fs";
import {
  isMalformed,
  parseJournalJson,
  splitJournalJson,
  type JournalEntry,
} from "../../src/pipeline/index.ts";
import { parsePromtail, type Promtail } from "../../src/promtail/index.ts";

const ORACLE = new URL("../../test/oracle/", import.meta.url);

/** The flagship pipeline in both languages, and the journal that it was recorded on. */
export function readFlagship(): { promtail: Promtail; alloy: string; entries: readonly JournalEntry[] } {
  const read = (path: string): string => readFileSync(new URL(path, ORACLE), "utf8");
  const { promtail } = parsePromtail("promtail.yaml", read("cases/flagship_journal/promtail.yaml"));
  if (promtail === undefined) throw new Error("the flagship's promtail.yaml is not read");
  const entries = splitJournalJson(read("journals/host.json"))
    .map(parseJournalJson)
    .flatMap((entry) => (isMalformed(entry) ? [] : [entry]));
  return { promtail, alloy: read("cases/flagship_journal/config.alloy"), entries };
}

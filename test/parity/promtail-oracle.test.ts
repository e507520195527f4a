import t from "tap";
import { hasErrors } from "../../src/diagnostics/index.ts";
import { compilePromtail } from "../../src/parity/index.ts";
import type { Outcome } from "../../src/pipeline/index.ts";
import { parsePromtail } from "../../src/promtail/index.ts";
import { asSeenByLoki, readCases, replayWith, type Case } from "../pipeline/oracle.ts";
import { tellRecordings } from "../support/recordings.ts";

/** Cases that are known to differ, each with its reason. */
const DEVIATIONS: Readonly<Record<string, string>> = {
  json_object_order:
    "Promtail writes an object's keys in random order, the engine in the order in which they stood",
};

const cases = readCases();
let compared = 0;
let equal = 0;

for (const recording of cases) {
  if (recording.promtail === undefined) continue;
  compared++;
  const reason = DEVIATIONS[recording.name];
  const got = asSeenByLoki(replay(recording, recording.promtail.config));
  const want = asSeenByLoki(recording.promtail.expected);
  const same = JSON.stringify(got) === JSON.stringify(want);
  if (same) equal++;
  if (reason === undefined) t.same(got, want, `${recording.name}: what is sent is what Promtail sent`);
  else t.notOk(same, `${recording.name} is listed as a deviation, so it differs: ${reason}`);
}

t.ok(compared > 100, "the recordings are there");
t.same(
  Object.keys(DEVIATIONS).filter((name) => !cases.some((recording) => recording.name === name)),
  [],
  "every listed deviation is of a case that exists",
);
tellRecordings(t, "what Promtail sends", { recorded: compared, equal }, DEVIATIONS);

/** What the model sends; nothing where Promtail does not start with the configuration. */
function replay(recording: Case, config: string): readonly Outcome[] {
  const { promtail, diagnostics } = parsePromtail(`${recording.name}/promtail.yaml`, config);
  if (promtail === undefined || hasErrors(diagnostics)) return [];
  return replayWith(recording, (options) => compilePromtail(promtail, options));
}

import { readFileSync } from "node:fs";
import t from "tap";
import { tellRecordings } from "../support/recordings.ts";
import { asSeenByLoki, readCases, replay } from "./oracle.ts";

/** Cases that are known to differ, each with its reason. */
const deviations = JSON.parse(
  readFileSync(new URL("../oracle/deviations.json", import.meta.url), "utf8"),
) as Record<string, string>;

const cases = readCases();
let equal = 0;

for (const recording of cases) {
  const reason = deviations[recording.name];
  const got = asSeenByLoki(replay(recording));
  const want = asSeenByLoki(recording.expected);
  const same = JSON.stringify(got) === JSON.stringify(want);
  if (same) equal++;
  if (reason === undefined) t.same(got, want, `${recording.name}: what is sent is what Alloy sent`);
  else t.notOk(same, `${recording.name} is listed as a deviation, so it differs: ${reason}`);
}

t.same(
  Object.keys(deviations).filter((name) => !cases.some((recording) => recording.name === name)),
  [],
  "every listed deviation is of a case that exists",
);
tellRecordings(t, "what Alloy sends", { recorded: cases.length, equal }, deviations);

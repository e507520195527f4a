import t from "tap";
import { FAULTS, injectFault, killedAfter, recordCount } from "../support/rollout-faults.ts";

/** `scripts/faults rollout` kills after each record; here after some of them. */
const EVERY = 6;

t.test("a rollout that is killed after a record and resumed ends as one that was not", async (t) => {
  const records = await recordCount();
  for (let record = 2; record <= records; record += EVERY) {
    const fault = killedAfter(record);
    t.equal(await injectFault(fault), "same end state, each host deployed once", fault.name);
  }
});

for (const fault of FAULTS) {
  t.test(fault.name, async (t) => {
    t.comment(await injectFault(fault));
    t.pass("as it should be");
  });
}

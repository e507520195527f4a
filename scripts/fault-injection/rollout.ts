/**
 * Faults in a rollout of three simulated machines: SIGKILL after each record of the journal, then everything else of
 * test/support/rollout-faults.ts. The rollout, its journal and lock, git and the command deployer are the real ones;
 * machines, gate and Loki are stand-ins. Prints a table in Markdown; exits 1 when an outcome is not what it should be.
 *
 *   scripts/faults rollout [--every 1] [--only TEXT]
 */
import { parseArgs } from "node:util";
import { FAULTS, injectFault, killedAfter, recordCount } from "../../test/support/rollout-faults.ts";

const { values } = parseArgs({
  options: { every: { type: "string", default: "1" }, only: { type: "string", default: "" } },
});
const every = Number(values.every);
if (!Number.isSafeInteger(every) || every < 1) throw new Error("--every is a whole number");

const records = await recordCount();
const kills = Array.from({ length: Math.ceil(records / every) }, (_, at) => killedAfter(at * every + 1));
const faults = [...kills, ...FAULTS].filter(({ name }) => name.includes(values.only));
console.log(`an undisturbed rollout writes ${records} records\n`);
console.log("| fault | outcome |\n| --- | --- |");
let failed = 0;
for (const fault of faults) {
  try {
    console.log(`| ${fault.name} | ${await injectFault(fault)} |`);
  } catch (caught) {
    failed += 1;
    console.log(
      `| ${fault.name} | **FAILED**: ${caught instanceof Error ? caught.message : String(caught)} |`,
    );
  }
}
console.log(`\n${faults.length} faults, ${failed} with another outcome than they should have`);
process.exitCode = failed === 0 ? 0 : 1;

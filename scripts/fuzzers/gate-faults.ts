/** Kills gates at random moments and damages their cache: what is known afterwards has to be right. */
import { parseArgs } from "node:util";
import { injectFaults } from "../../test/support/gate-faults.ts";

const { values } = parseArgs({
  options: { runs: { type: "string", default: "200" }, seed: { type: "string", default: "1" } },
});
const runs = Number(values.runs);
const seed = Number(values.seed);
if (!Number.isSafeInteger(runs) || runs < 1 || !Number.isSafeInteger(seed))
  throw new Error("--runs and --seed are whole numbers");

const begun = performance.now();
const { killed, ended, damaged, known } = await injectFaults(runs, seed, (round) => {
  if ((round + 1) % 20 === 0) console.error(`${round + 1} of ${runs} rounds`);
});
const seconds = ((performance.now() - begun) / 1000).toFixed(0);
console.log(`${runs} rounds from seed ${seed} in ${seconds} s: no verdict that a cold gate contradicts`);
console.log(
  `${killed} gates killed, ${ended} had ended before; ${damaged} cache files damaged; ${known} verdicts known`,
);

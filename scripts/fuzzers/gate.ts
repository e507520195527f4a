/** Fuzzes the gate's cache: random edits of a small fleet, each compared with a gate that has no cache. */
import { parseArgs } from "node:util";
import { fuzzGate } from "../../test/support/gate-fuzz.ts";

const { values } = parseArgs({
  options: { runs: { type: "string", default: "500" }, seed: { type: "string", default: "1" } },
});
const runs = Number(values.runs);
const seed = Number(values.seed);
if (!Number.isSafeInteger(runs) || runs < 1 || !Number.isSafeInteger(seed))
  throw new Error("--runs and --seed are whole numbers");

const begun = performance.now();
const { known, evaluated, verdicts } = await fuzzGate(runs, seed, (round) => {
  if ((round + 1) % 50 === 0) console.error(`${round + 1} of ${runs} rounds`);
});
const seconds = ((performance.now() - begun) / 1000).toFixed(0);
console.log(`${runs} rounds of edits from seed ${seed} in ${seconds} s: no difference`);
console.log(`${known} verdicts were known, ${evaluated} evaluated; ${JSON.stringify(verdicts)}`);

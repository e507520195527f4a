/** Fuzzes src/alloy: mutants of recorded configurations are formatted, checked and mended. */
import { parseArgs } from "node:util";
import { fuzz, FuzzFailure } from "../../test/support/alloy-fuzz.ts";

const { values } = parseArgs({
  options: { runs: { type: "string", default: "1000000" }, seed: { type: "string", default: "1" } },
});
const runs = Number(values.runs);
const seed = Number(values.seed);
if (!Number.isSafeInteger(runs) || runs < 1 || !Number.isSafeInteger(seed))
  throw new Error("--runs and --seed are whole numbers");

const begun = performance.now();
const elapsed = (): string => `${((performance.now() - begun) / 1000).toFixed(1)} s`;
try {
  const { refused, accepted, mended, worst } = fuzz(runs, seed, (done) => {
    if (done % 100_000 === 0) console.error(`${done} of ${runs} runs, ${elapsed()}`);
  });
  console.log(
    `${runs} runs from seed ${seed} on in ${elapsed()}: ${refused} refused, ${accepted} accepted, ${mended} mended`,
  );
  console.log(
    `the slowest took ${worst.milliseconds.toFixed(1)} ms (--seed ${worst.seed} --runs 1 makes it again)`,
  );
} catch (caught) {
  if (!(caught instanceof FuzzFailure)) throw caught;
  console.error(caught.stack);
  console.error(
    `the mutant, which --seed ${caught.seed} --runs 1 makes again:\n${JSON.stringify(caught.mutant)}`,
  );
  process.exitCode = 1;
}

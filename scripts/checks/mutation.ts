/**
 * The mutation check of `fleet parity`: changes the flagship configuration in one place at a time, and counts how
 * often parity names the changed stage among the mutants that change what comes out. Exits 1 below 95 %.
 */
import { checkMutants } from "../mutation/check.ts";
import { readFlagship } from "../mutation/flagship.ts";
import { mutantsOf } from "../mutation/mutants.ts";

/** The least share of behaviour-changing mutants whose stage is to be named. */
const WANTED = 0.95;

const { promtail, alloy, entries } = readFlagship();
const verdicts = checkMutants(mutantsOf(alloy), promtail, entries);
const count = (result: string): number => verdicts.filter((verdict) => verdict.result === result).length;
const changing = count("named") + count("misnamed");
const share = count("named") / changing;
for (const { mutant, result, found } of verdicts) {
  if (result === "misnamed") console.log(`misnamed: ${mutant.name}: parity says ${found}`);
  if (result === "same") console.log(`no effect on these entries: ${mutant.name}`);
  if (result === "refused") console.log(`refused: ${mutant.name}`);
}
console.log(
  `${verdicts.length} mutants: ${count("refused")} refused, ${count("same")} without an effect on ${entries.length} entries, ` +
    `${changing} change what comes out; of these parity names the changed stage in ${count("named")}, ${(share * 100).toFixed(1)} %`,
);
process.exitCode = share >= WANTED ? 0 : 1;

import t from "tap";
import { checkMutants, type Verdict } from "../../scripts/mutation/check.ts";
import { readFlagship } from "../../scripts/mutation/flagship.ts";
import { mutantsOf } from "../../scripts/mutation/mutants.ts";

t.test("of what a change in one place does to the flagship pipeline parity names the changed stage", (t) => {
  const { promtail, alloy, entries } = readFlagship();
  // scripts/mutate goes through all of them.
  const mutants = mutantsOf(alloy).filter((_, at) => at % 4 === 0);
  const verdicts = checkMutants(mutants, promtail, entries);
  const of = (...results: Verdict["result"][]): Verdict[] =>
    verdicts.filter(({ result }) => results.includes(result));
  const changing = of("named", "misnamed");
  t.ok(changing.length > 20, "most mutants change what comes out");
  t.ok(of("named").length >= changing.length * 0.95, "in at least 95 % of these the changed stage is named", {
    misnamed: of("misnamed").map(({ mutant, found }) => `${mutant.name}: ${found}`),
  });
  t.comment(
    `${verdicts.length} mutants, ${changing.length} change what comes out, ${of("named").length} named`,
  );
  t.end();
});

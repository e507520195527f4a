import t from "tap";
import { injectFaults } from "../support/gate-faults.ts";

const ROUNDS = 10;

t.test(
  "a gate that is killed, or whose cache is damaged, leaves no verdict that a cold gate contradicts",
  async (t) => {
    const { killed, ended, damaged, known } = await injectFaults(ROUNDS, 3);
    t.ok(killed > 0, "gates were killed");
    t.ok(damaged > 0, "and files damaged");
    t.ok(known > 0, "and still some verdicts were known");
    t.comment(`${killed} killed, ${ended} ended before, ${damaged} damaged, ${known} known`);
  },
);

import t from "tap";
import { fuzzGate } from "../support/gate-fuzz.ts";

const ROUNDS = 25;

t.test("after random edits the gate with a cache says what a gate without one says", async (t) => {
  const { known, evaluated, verdicts } = await fuzzGate(ROUNDS, 2);
  t.ok(known > ROUNDS && evaluated > ROUNDS, "both happen");
  t.ok((verdicts["pass"] ?? 0) > 0 && (verdicts["fail"] ?? 0) > 0, "hosts break and recover");
  t.comment(`${known} known, ${evaluated} evaluated, ${JSON.stringify(verdicts)}`);
});

import fc from "fast-check";
import t from "tap";
import { align } from "../../src/parity/align.ts";

const letters = fc.array(fc.constantFrom("a1", "a2", "b1", "b2", "c1"), { maxLength: 12 });
const same = (left: string, right: string): boolean => left === right;
const akin = (left: string, right: string): boolean => left[0] === right[0];

t.test("an alignment keeps both sequences whole and in order", (t) => {
  fc.assert(
    fc.property(letters, letters, (left, right) => {
      const steps = align(left, right, same, akin);
      t.strictSame(
        steps.map((step) => step.left).filter((one) => one !== undefined),
        left,
      );
      t.strictSame(
        steps.map((step) => step.right).filter((one) => one !== undefined),
        right,
      );
    }),
    { numRuns: 200 },
  );
  t.end();
});

t.test("only equal or akin elements stand beside each other", (t) => {
  fc.assert(
    fc.property(letters, letters, (left, right) =>
      align(left, right, same, akin).every(
        (step) => step.left === undefined || step.right === undefined || akin(step.left, step.right),
      ),
    ),
  );
  t.end();
});

t.test("a sequence is aligned with itself step by step", (t) => {
  fc.assert(
    fc.property(letters, (one) => align(one, one, same, akin).every(({ left, right }) => left === right)),
  );
  t.end();
});

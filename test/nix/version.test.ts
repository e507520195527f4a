import fc from "fast-check";
import t from "tap";
import { isOlder } from "../../src/nix/index.ts";

t.test("versions are compared number by number", (t) => {
  t.equal(isOlder("2.8.0", "2.18"), true);
  t.equal(isOlder("2.18.1", "2.18"), false);
  t.equal(isOlder("25.11", "26.05"), true);
  t.equal(isOlder("26.05", "26.05"), false);
  t.equal(isOlder("2.18", "2.18.0"), false);
  t.end();
});

t.test("of two versions at most one is older, and it is as its numbers say", (t) => {
  const version = fc.array(fc.nat(40), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(version, version, (a, b) => {
      const [left, right] = [a.join("."), b.join(".")];
      if (isOlder(left, right) && isOlder(right, left)) return false;
      const pad = (numbers: number[]) => [...numbers, 0, 0, 0, 0].slice(0, 4);
      const first = pad(a).findIndex((number, index) => number !== pad(b)[index]);
      return isOlder(left, right) === (first !== -1 && (pad(a)[first] ?? 0) < (pad(b)[first] ?? 0));
    }),
  );
  t.end();
});

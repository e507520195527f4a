import t from "tap";
import { retry } from "../../src/vm/retry.ts";

t.test("a probe is asked until it says yes", async (t) => {
  let asked = 0;
  await retry("it is so", () => Promise.resolve(++asked === 3), { timeout: 1000, interval: 1 });
  t.equal(asked, 3);
});

t.test("the last try is known as such, and may say why the answer is no", async (t) => {
  const told: boolean[] = [];
  const probe = ({ last }: { last: boolean }): Promise<boolean> => {
    told.push(last);
    return last ? Promise.reject(new Error("it was on fire")) : Promise.resolve(false);
  };
  await t.rejects(retry("it is so", probe, { timeout: 10, interval: 2 }), { message: "it was on fire" });
  t.equal(told.at(-1), true);
  t.equal(told.filter((last) => last).length, 1);
  t.ok(told.length > 1);
});

t.test("a probe that says no to the end fails with what was waited for", async (t) => {
  const failing = retry("the moon is full", () => Promise.resolve(false), { timeout: 0 });
  await t.rejects(failing, { message: /^vm\/failed: .*the moon is full/ });
});

t.test("an interruption ends the waiting at once", async (t) => {
  const interrupt = new AbortController();
  const waiting = retry("it is so", () => Promise.resolve(false), {
    timeout: 60_000,
    interval: 60_000,
    signal: interrupt.signal,
  });
  setTimeout(() => interrupt.abort(new Error("interrupted")), 5);
  await t.rejects(waiting);
});

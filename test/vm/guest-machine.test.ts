import { chmodSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { run } from "../../src/process/index.ts";
import { GuestMachine, shellQuote, type Guest } from "../../src/vm/guest-machine.ts";
import { TestLog } from "../../src/vm/log.ts";

/** The machine API over this machine's own bash. */
function machine(): { machine: GuestMachine; log: string[] } {
  const nothing = (): Promise<void> => Promise.resolve();
  const guest: Guest = {
    name: "here",
    description: "this machine",
    start: nothing,
    shutdown: nothing,
    reboot: nothing,
    crash: nothing,
    async execute(script, { input }) {
      const ran = await run("bash", ["-c", script], input === undefined ? {} : { input });
      return { status: ran.exitCode, stdout: ran.stdout, stderr: ran.stderr };
    },
    consoleLog: () => "",
    forwardedPort: () => undefined,
  };
  const log: string[] = [];
  let now = 0;
  const clock = (): number => (now += 100);
  return { machine: new GuestMachine(guest, new TestLog((line) => log.push(line), clock)), log };
}

t.test("scripts that must succeed or fail say what came instead", async (t) => {
  const { machine: here } = machine();
  t.equal(await here.succeed("echo a", "echo b"), "a\nb\n");
  t.equal(await here.fail("echo a; false"), "a\n");
  await t.rejects(here.succeed("echo no such thing >&2; exit 3"), {
    message: /^vm\/failed: .*ended with 3:\nno such thing/s,
  });
  await t.rejects(here.fail("true"), { message: /should have failed/ });
});

t.test("a file is copied byte for byte, with its directory and its mode", async (t) => {
  const { machine: here } = machine();
  const directory = t.testdir();
  const content = Buffer.from([0, 255, 10, 13, 39]);
  const target = join(directory, "it's new", "file");
  await here.copyTo({ content }, target, "0600");
  t.same(readFileSync(target), content);
  t.equal(statSync(target).mode & 0o777, 0o600);
  chmodSync(target, 0o644);
  await here.copyTo({ path: target }, `${target}2`);
  t.same(readFileSync(`${target}2`), content);
});

t.test("what must hold while other work is done is asked before each try, and at the end", async (t) => {
  const { machine: here } = machine();
  let holds = 3;
  const waiting = here.whileHolds(
    "the light is on",
    () => Promise.resolve(holds-- > 0),
    () => here.waitUntil("it is so", () => Promise.resolve(false), { timeout: 5000, interval: 1 }),
  );
  await t.rejects(waiting, { message: /held all the time: the light is on/ });
  const value = await here.whileHolds(
    "it is day",
    () => Promise.resolve(true),
    () => Promise.resolve(1),
  );
  t.equal(value, 1);
});

t.test("waiting for a script says at the end what it printed last", async (t) => {
  const { machine: here } = machine();
  await t.rejects(here.waitUntilSucceeds("echo not yet; false", { timeout: 0 }), { message: /not yet/ });
  t.equal(await here.waitUntilSucceeds("echo now"), "now\n");
});

t.test("parts of a test nest in its log, each with its time", async (t) => {
  const { machine: here, log } = machine();
  await here.subtest("outer", () => here.subtest("inner", () => Promise.resolve()));
  await t.rejects(here.subtest("bad", () => Promise.reject(new Error("no"))));
  t.same(log, [
    "[   0.1] outer",
    "[   0.3]   inner",
    "[   0.6]   inner: done in 0.1 s",
    "[   0.8] outer: done in 0.5 s",
    "[   0.9] bad",
    "[   1.2] bad: failed in 0.1 s",
  ]);
});

t.test("words of a command line are quoted where they have to be", (t) => {
  t.equal(shellQuote("alloy.service"), "alloy.service");
  t.equal(shellQuote("it's $HOME"), `'it'\\''s $HOME'`);
  t.end();
});

import { Duplex, PassThrough } from "node:stream";
import t from "tap";
import { error, FleetError } from "../../src/diagnostics/index.ts";
import { Shell } from "../../src/vm/qemu/shell.ts";

/** A line to a guest that answers as the test says. */
function line(): { shell: Shell; asked: PassThrough; say: (bytes: string | Uint8Array) => void } {
  const asked = new PassThrough();
  const said = new PassThrough();
  const shell = new Shell(Duplex.from({ readable: said, writable: asked }));
  return { shell, asked, say: (bytes) => void said.write(bytes) };
}

/** Everything that was asked so far. */
async function read(asked: PassThrough): Promise<string> {
  await new Promise((resolve) => setImmediate(resolve));
  return String(asked.read() ?? "");
}

t.test("a script and its input go to the guest whole, and its answer comes back", async (t) => {
  const { shell, asked, say } = line();
  say("hello\n");
  await shell.up;
  const answer = shell.execute("cat; false", { timeout: 1500, input: Buffer.from("a\nb") });
  t.equal(await read(asked), "1 1.500 10 3\ncat; falsea\nb");
  say("1 1 3 2\na\nb");
  say("no");
  t.same(await answer, { status: 1, stdout: "a\nb", stderr: "no" });
});

t.test("an answer may hold anything, in pieces of any size", async (t) => {
  const { shell, say } = line();
  say("hello\n");
  await shell.up;
  const stdout = "1 0 5 0\nhello\n\u0000é";
  const bytes = Buffer.from(stdout);
  const answer = shell.execute("x", { timeout: 1000 });
  for (const byte of Buffer.concat([Buffer.from(`1 0 ${bytes.length} 0\n`), bytes])) say(Buffer.of(byte));
  t.equal((await answer).stdout, stdout);
});

t.test("scripts run one after the other", async (t) => {
  const { shell, asked, say } = line();
  say("hello\n");
  await shell.up;
  const both = Promise.all([shell.execute("a", { timeout: 1000 }), shell.execute("b", { timeout: 1000 })]);
  t.equal(await read(asked), "1 1.000 1 0\na");
  say("1 0 1 0\nA");
  await new Promise((resolve) => setTimeout(resolve, 5));
  t.equal(await read(asked), "2 1.000 1 0\nb");
  say("2 0 1 0\nB");
  t.same(
    (await both).map(({ stdout }) => stdout),
    ["A", "B"],
  );
});

t.test("a guest that starts anew fails what waits, and what it had half said is forgotten", async (t) => {
  const { shell, say } = line();
  say("hello\n");
  await shell.up;
  const waiting = shell.execute("a", { timeout: 1000 });
  say("1 0 100 0\nthe first of a hundred bytes");
  await new Promise((resolve) => setImmediate(resolve));
  shell.reset(new FleetError(error("vm/no-answer", "the guest reboots")));
  await t.rejects(waiting, { message: /the guest reboots/ });
  say("rest of what was said before\nhello\n");
  await shell.up;
  const answer = shell.execute("b", { timeout: 1000 });
  say("2 0 1 0\nB");
  t.equal((await answer).stdout, "B");
});

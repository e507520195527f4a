import { spawn } from "node:child_process";
import { once } from "node:events";
import t from "tap";
import { Workers, type Slot } from "../../src/gate/workers.ts";

const MB = 1e6;

/** Work that lasts until it is let go. */
function held(): { work: (slot: Slot) => Promise<void>; go: () => void; begun: () => boolean } {
  let begun = false;
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const work = async (): Promise<void> => {
    begun = true;
    await promise;
  };
  return { work, go: () => resolve(undefined), begun: () => begun };
}

const turn = async (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

t.test("so many run beside each other as there are workers, in the order of asking", async (t) => {
  const workers = new Workers({ most: 2, budget: 1000 * MB });
  const tasks = [held(), held(), held()];
  const all = tasks.map(({ work }) => workers.run({ expected: MB }, work));
  await turn();
  t.same(
    tasks.map(({ begun }) => begun()),
    [true, true, false],
  );
  tasks[0]?.go();
  await all[0];
  await turn();
  t.ok(tasks[2]?.begun());
  for (const { go } of tasks) go();
  await Promise.all(all);
});

t.test("one that would not fit waits, and one that must be alone shares with none", async (t) => {
  const workers = new Workers({ most: 8, budget: 100 * MB });
  const tasks = [held(), held(), held(), held()];
  const claims = [
    { expected: 60 * MB },
    { expected: 60 * MB },
    { expected: MB, alone: true },
    { expected: MB },
  ];
  const all = tasks.map(({ work }, index) => workers.run(claims[index] ?? { expected: 0 }, work));
  for (const [index, { go }] of tasks.entries()) {
    await turn();
    t.same(
      tasks.map(({ begun }) => begun()),
      tasks.map((_, other) => other <= index),
      `${index + 1} have begun`,
    );
    go();
    await all[index];
  }
});

t.test("one that expects more than there is may run when nothing else does", async (t) => {
  const workers = new Workers({ most: 2, budget: MB });
  t.equal(await workers.run({ expected: 1000 * MB }, () => Promise.resolve("done")), "done");
});

const linux = process.platform === "linux" ? {} : { skip: "only Linux tells what a process holds" };
t.test("when memory runs short the largest is ended, with what it started", linux, async (t) => {
  const workers = new Workers({ most: 2, budget: 150 * MB, interval: 20 });
  const eat = (megabytes: number): string =>
    `const held = Buffer.alloc(${megabytes}e6, 1); setTimeout(() => held.length, ${megabytes > 100 ? 60_000 : 2500})`;
  const run = async (command: string, args: string[]): Promise<{ signal: string | null; overrun: boolean }> =>
    workers.run({ expected: MB }, async (slot) => {
      const child = spawn(command, args, { stdio: "ignore" });
      if (child.pid !== undefined) slot.onStart(child.pid);
      const [, signal] = (await once(child, "exit")) as [number | null, string | null];
      return { signal, overrun: slot.overrun };
    });
  const small = run(process.execPath, ["-e", eat(1)]);
  // Behind a shell, as Nix is behind strace.
  const large = run("sh", ["-c", '"$0" -e "$1"; exit 3', process.execPath, eat(300)]);
  t.match(await large, { overrun: true });
  t.match(await small, { signal: null, overrun: false });
});

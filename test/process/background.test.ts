import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import t, { type Test } from "tap";
import { runningProcess, startBackground, stopBackground } from "../../src/process/index.ts";

async function until(check: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 500 && !(await check()); tries += 1) await sleep(20);
}

/** Starts a shell script in the background; it is ended with the test. */
function background(t: Test, script: string): { pidFile: string; logFile: string } {
  const cwd = t.testdir({});
  const files = { pidFile: join(cwd, "pid"), logFile: join(cwd, "log") };
  t.teardown(() => stopBackground(files.pidFile));
  startBackground({ command: "sh", args: ["-c", script], cwd, env: { GREETING: "hello" }, ...files });
  return files;
}

t.test(
  "a program in the background is found by its pid file, and ended with all that it started",
  async (t) => {
    const { pidFile, logFile } = background(t, 'sleep 600 & echo "$GREETING $!"; wait');
    await until(() => existsSync(logFile) && readFileSync(logFile, "utf8").includes("\n"));
    const [, child = ""] = /^hello (\d+)$/m.exec(readFileSync(logFile, "utf8")) ?? [];
    t.type(await runningProcess(pidFile), "number");
    t.ok(process.kill(Number(child), 0), "what it started runs");
    t.equal(await stopBackground(pidFile), true);
    t.notOk(existsSync(pidFile));
    await until(() => !isRunning(Number(child)));
    t.notOk(isRunning(Number(child)), "and is ended too");
    t.equal(await stopBackground(pidFile), false, "a second time nothing runs");
  },
);

t.test("a process that has got the id of one that ended is not taken for it", async (t) => {
  const { pidFile } = background(t, "sleep 600");
  await until(async () => (await runningProcess(pidFile)) !== undefined);
  const text = readFileSync(pidFile, "utf8");
  const [pid = ""] = text.split(" ");
  writeFileSync(pidFile, `${pid} 1\n`);
  t.equal(await runningProcess(pidFile), undefined);
  writeFileSync(pidFile, text);
  t.equal(await runningProcess(pidFile), Number(pid));
});

t.test("a file that names no process, or is not there, is nothing that runs", async (t) => {
  const file = join(t.testdir({ pid: "not a number\n" }), "pid");
  t.equal(await runningProcess(file), undefined);
  t.equal(await runningProcess(`${file}.absent`), undefined);
  writeFileSync(file, "0 \n");
  t.equal(await runningProcess(file), undefined, "0 is every process of the group");
});

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    // A zombie that nobody waits for, as in a container without an init, has ended.
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return false;
  }
}

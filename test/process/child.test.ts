import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import t from "tap";
import { start, waitUntilReady } from "../../src/process/index.ts";

t.test("a child's output is followed and its exit code is kept", async (t) => {
  const lines: string[] = [];
  const child = start("sh", ["-c", "echo out; echo err >&2; exit 7"], { onLine: (line) => lines.push(line) });
  t.equal(await child.ended, 7);
  t.same([...lines].sort(), ["err", "out"]);
  t.same(child.recent(), lines);
});

t.test("stopping a child ends the processes that it started too", async (t) => {
  const child = start("sh", ["-c", "sleep 300 & echo $!; wait"]);
  const grandchild = await firstLine(child);
  await child.stop();
  t.ok(await gone(Number(grandchild)));
  await child.stop();
});

t.test("a child that ends itself takes what it left behind with it", async (t) => {
  const child = start("sh", ["-c", "sleep 300 >/dev/null 2>&1 & echo $!"]);
  t.equal(await child.ended, 0);
  t.ok(await gone(Number(child.recent()[0])));
});

t.test("a child ends soon after its fleet was killed with SIGKILL", async (t) => {
  const program = `
    import { start } from ${JSON.stringify(new URL("../../src/process/index.ts", import.meta.url).href)};
    start("sh", ["-c", "echo $$; sleep 300"], { onLine: (line) => console.log(line) });`;
  const fleet = spawn(process.execPath, ["--input-type=module", "-e", program], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [chunk] = (await once(fleet.stdout, "data")) as [Buffer];
  const pid = Number(chunk.toString());
  t.ok(alive(pid));
  fleet.kill("SIGKILL");
  t.ok(await gone(pid));
});

t.test("waiting tells a ready child from one that ended and one that is late", async (t) => {
  const sleeper = start("sleep", ["300"]);
  let asked = 0;
  t.same(await waitUntilReady(sleeper, () => Promise.resolve(++asked > 2), { timeout: 5000, interval: 5 }), {
    state: "ready",
  });
  const refuse = (): Promise<boolean> => Promise.reject(new Error("connection refused"));
  t.same(await waitUntilReady(sleeper, refuse, { timeout: 50, interval: 5 }), { state: "late" });
  await sleeper.stop();
  t.same(await waitUntilReady(start("false", []), refuse, { timeout: 5000, interval: 5 }), {
    state: "ended",
    exitCode: 1,
  });
});

async function firstLine(child: ReturnType<typeof start>): Promise<string> {
  for (;;) {
    const [line] = child.recent();
    if (line !== undefined) return line;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** Whether a process ends within ten seconds: its end is asked for before it has come about. */
async function gone(pid: number): Promise<boolean> {
  const deadline = Date.now() + 10_000;
  while (alive(pid) && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 50));
  return !alive(pid);
}

/** True while a process runs; a zombie that nobody reaped counts as ended. */
function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  return !zombie(pid);
}

function zombie(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/stat`, "utf8").includes(") Z ");
  } catch {
    return false;
  }
}

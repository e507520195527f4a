import t from "tap";
import { run } from "../../src/process/index.ts";

t.test("a program's failure is data: its exit code, and all that it printed", async (t) => {
  const result = await run("sh", ["-c", "printf 'out\\n\\n'; printf err >&2; exit 3"]);
  t.same(result, { exitCode: 3, stdout: "out\n\n", stderr: "err" });
});

t.test("input, environment and directory reach the program, and its lines are followed", async (t) => {
  const lines: string[] = [];
  const { stdout } = await run("sh", ["-c", 'cat; echo "$FLEET_TEST"; pwd; echo "home ${HOME-none}"'], {
    input: "typed\n",
    env: { FLEET_TEST: "set", HOME: undefined },
    cwd: "/",
    onStdout: (line) => lines.push(line),
  });
  t.equal(stdout, "typed\nset\n/\nhome none\n");
  t.same(lines, ["typed", "set", "/", "home none"]);
});

t.test("a program that is not there is an error", async (t) => {
  await t.rejects(run("no-such-program-here", []), /process\/not-found: no-such-program-here/);
});

t.test("after its time limit a program is ended, with what it started", async (t) => {
  const began = Date.now();
  await t.rejects(
    run("sh", ["-c", "sleep 30 & sleep 30"], { timeout: 200 }),
    /process\/timeout: sh did not end within 0.2 s/,
  );
  t.ok(Date.now() - began < 10_000, "the sleep in the background does not keep its output open");
});

t.test("an aborted run ends the program and throws the reason", async (t) => {
  const interrupt = new AbortController();
  const began = Date.now();
  const running = run("sh", ["-c", "sleep 30 & sleep 30"], { signal: interrupt.signal });
  setTimeout(() => interrupt.abort(new Error("enough")), 100);
  await t.rejects(running, /enough/);
  t.ok(Date.now() - began < 10_000);
});

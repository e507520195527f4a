import type { CommandResult, Machine } from "../../src/vm/machine.ts";

/** A machine that runs nothing: it notes what it is asked to do, and answers commands as the test says. */
export function fakeMachine(answer: (script: string) => string | number = () => ""): {
  machine: Machine;
  done: string[];
} {
  const done: string[] = [];
  const note = (what: string): Promise<void> => {
    done.push(what);
    return Promise.resolve();
  };
  const run = (script: string): CommandResult => {
    const came = answer(script);
    return {
      status: typeof came === "number" ? came : 0,
      stdout: typeof came === "string" ? came : "",
      stderr: "",
    };
  };
  const expectStatus = (script: string, ok: boolean): string => {
    const { status, stdout } = run(script);
    if ((status === 0) !== ok) throw new Error(`${script} ended with ${status}`);
    return stdout;
  };
  const machine: Machine = {
    name: "machine",
    description: "a machine that runs nothing",
    start: () => note("start"),
    shutdown: () => note("shutdown"),
    reboot: () => note("reboot"),
    crash: () => note("crash"),
    execute: (script) => note(`execute ${script}`).then(() => run(script)),
    succeed: (...scripts) =>
      note(`succeed ${scripts.join("; ")}`).then(() =>
        scripts.map((one) => expectStatus(one, true)).join(""),
      ),
    fail: (...scripts) =>
      note(`fail ${scripts.join("; ")}`).then(() => scripts.map((one) => expectStatus(one, false)).join("")),
    copyTo: (source, target, mode = "0644") =>
      note(`copy ${"content" in source ? String(source.content) : source.path} to ${target} as ${mode}`),
    journal: (...args) => note(`journal ${args.join(" ")}`).then(() => ""),
    systemctl: (...args) => note(`systemctl ${args.join(" ")}`).then(() => run(args.join(" "))),
    waitForUnit: (unit) => note(`wait for ${unit}`),
    waitForOpenPort: (port) => note(`wait for port ${port}`),
    waitUntilSucceeds: (script) => note(`until succeeds ${script}`).then(() => expectStatus(script, true)),
    waitUntilFails: (script) => note(`until fails ${script}`),
    waitUntil: (what) => note(`until ${what}`),
    whileHolds: (_what, _condition, work) => work(),
    sleep: (milliseconds) => note(`sleep ${milliseconds}`),
    async subtest(name, work) {
      await note(`subtest ${name}`);
      return work();
    },
    consoleLog: () => "",
    forwardedPort: () => undefined,
  };
  return { machine, done };
}

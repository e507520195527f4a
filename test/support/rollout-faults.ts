import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  appendFileSync,
  chmodSync,
  existsSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { FleetError } from "../../src/diagnostics/index.ts";
import { loadFleet } from "../../src/repository/index.ts";
import { readRollout, statusOf } from "../../src/rollout/index.ts";
import { gitOk } from "./git.ts";
import {
  machine,
  mark,
  removeFleet,
  simulatedFleet,
  simulateRollout,
  withSimulation,
  type SimulatedFleet,
} from "./rollout-fleet.ts";

/** One thing that goes wrong in a rollout of `nas`, `web` and `mail`. */
export interface RolloutFault {
  name: string;
  /**
   * Lets it happen.
   *
   * @returns what was seen, in a few words
   * @throws Error when that is not as it should be
   */
  run: (fleet: SimulatedFleet) => Promise<string>;
}

/** What a rollout came to, in a form that is the same for every fleet that came to the same. */
interface EndState {
  /** git's name of all that is committed. */
  tree: string;
  subjects: string[];
  stages: Record<string, string>;
  machines: Record<string, { generation: string; log: string[] }>;
  status: string;
}

const HOSTS = ["nas", "web", "mail"] as const;
const PROGRAM = join(import.meta.dirname, "rollout-process.ts");

async function endState(fleet: SimulatedFleet): Promise<EndState> {
  const { root } = fleet;
  const machines: EndState["machines"] = {};
  for (const name of HOSTS) machines[name] = await machine(fleet, name);
  return {
    tree: gitOk(root, "rev-parse", "HEAD^{tree}").trim(),
    subjects: gitOk(root, "log", "--reverse", "--format=%s").trim().split("\n"),
    stages: Object.fromEntries([...readRollout(root).state.hosts].map(([name, { stage }]) => [name, stage])),
    machines,
    status: gitOk(root, "status", "--short"),
  };
}

interface ProcessRun {
  killed: boolean;
  report: { ok: boolean; code?: string } | undefined;
}

/** A rollout in a process of its own. */
async function inProcess(
  { root, machines }: SimulatedFleet,
  {
    hours,
    resume = false,
    killAt = 0,
    interruptAfter,
  }: { hours: number; resume?: boolean; killAt?: number; interruptAfter?: number },
): Promise<ProcessRun> {
  const args = [PROGRAM, root, machines, String(hours), String(resume), String(killAt)];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  let out = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => (out += text));
  if (interruptAfter !== undefined) {
    const journal = join(root, ".fleet/rollout.ndjson");
    while (!existsSync(journal) || readFileSync(journal, "utf8").split("\n").length <= interruptAfter)
      await setTimeout(20);
    child.kill("SIGINT");
  }
  const [, signal] = (await once(child, "close")) as [number | null, string | null];
  return {
    killed: signal === "SIGKILL",
    report: out === "" ? undefined : (JSON.parse(out) as ProcessRun["report"]),
  };
}

/** The soak time lies between the canary and the waves. */
const [CANARY, WAVES] = [0, 2];

/** Takes a fleet from its first state to its last, resuming where that is needed. */
async function toTheEnd(fleet: SimulatedFleet, resume = false): Promise<void> {
  const { state } = readRollout(fleet.root);
  if (state.hosts.get("nas")?.stage !== "verified") await simulateRollout(fleet, { hours: CANARY, resume });
  await simulateRollout(fleet, { hours: WAVES, resume });
}

let reference: EndState | undefined;

async function withFleet<T>(work: (fleet: SimulatedFleet) => Promise<T>): Promise<T> {
  const fleet = await simulatedFleet([["web", "mail"]]);
  try {
    return await work(fleet);
  } finally {
    await removeFleet(fleet);
  }
}

/** The state that a rollout without any fault ends in. */
async function undisturbed(): Promise<EndState> {
  reference ??= await withFleet(async (fleet) => {
    await toTheEnd(fleet);
    return endState(fleet);
  });
  return reference;
}

/** As how many records an undisturbed rollout writes. */
export async function recordCount(): Promise<number> {
  return withFleet(async (fleet) => {
    await toTheEnd(fleet);
    return readFileSync(join(fleet.root, ".fleet/rollout.ndjson"), "utf8").split("\n").length - 1;
  });
}

async function expectUndisturbed(fleet: SimulatedFleet): Promise<string> {
  const [expected, found] = [await undisturbed(), await endState(fleet)];
  expect(JSON.stringify(found) === JSON.stringify(expected), `another end state: ${JSON.stringify(found)}`);
  return "same end state, each host deployed once";
}

function expect(holds: boolean, otherwise: string): void {
  if (!holds) throw new Error(otherwise);
}

/** Killed with SIGKILL after the record of that number, then resumed. */
export function killedAfter(record: number): RolloutFault {
  return {
    name: `killed after record ${record}`,
    run: async (fleet) => {
      let killed = false;
      for (const hours of [CANARY, WAVES]) {
        const run = await inProcess(fleet, { hours, killAt: record });
        killed ||= run.killed;
        if (run.killed) break;
      }
      expect(killed, "was not killed");
      await toTheEnd(fleet, true);
      return expectUndisturbed(fleet);
    },
  };
}

/** Killed by what it runs, once the canary is verified. */
function killedBy(name: string, arm: (fleet: SimulatedFleet) => Promise<void> | void): RolloutFault {
  return {
    name,
    run: async (fleet) => {
      await simulateRollout(fleet, { hours: CANARY });
      await arm(fleet);
      expect((await inProcess(fleet, { hours: WAVES })).killed, "was not killed");
      rmSync(join(fleet.root, ".git/hooks/pre-commit"), { force: true });
      rmSync(join(fleet.root, ".git/hooks/post-commit"), { force: true });
      await simulateRollout(fleet, { hours: WAVES, resume: true });
      return expectUndisturbed(fleet);
    },
  };
}

function hook(name: string, text: string) {
  return ({ root }: SimulatedFleet): void => {
    const path = join(root, ".git/hooks", name);
    writeFileSync(path, `#!/bin/sh\n${text}\n`);
    chmodSync(path, 0o755);
  };
}

/** A machine or Loki misbehaves for `web`: it is rolled back, and moved once that is mended. */
function mended(name: string, how: string, log: readonly string[], reason: RegExp): RolloutFault {
  return {
    name,
    run: async (fleet) => {
      await simulateRollout(fleet, { hours: CANARY });
      await mark(fleet, "web", how);
      const { ok, failures } = await simulateRollout(fleet, { hours: WAVES });
      const [failure] = failures;
      expect(
        !ok && failures.length === 1 && failure?.host === "web",
        `failures: ${JSON.stringify(failures)}`,
      );
      expect(failure?.outcome === "rolled back", `web is ${failure?.outcome ?? ""}`);
      expect(reason.test(failure?.reason ?? ""), `reason: ${failure?.reason ?? ""}`);
      const web = await machine(fleet, "web");
      expect(web.generation === "promtail-era", `web runs ${web.generation}`);
      expect(web.log.join() === log.join(), `done to web: ${web.log.join()}`);
      const text = readFileSync(join(fleet.root, "hosts/web/configuration.nix"), "utf8");
      expect(text.includes("promtail"), "its import was not taken back");
      await mark(fleet, "web", how, false);
      expect((await simulateRollout(fleet, { hours: WAVES, resume: true })).ok, "could not be resumed");
      const [expected, found] = [await undisturbed(), await endState(fleet)];
      expect(found.tree === expected.tree && found.status === "", "another tree at the end");
      expect(JSON.stringify(found.stages) === JSON.stringify(expected.stages), JSON.stringify(found.stages));
      expect(
        found.machines["web"]?.generation === expected.machines["web"]?.generation,
        "web runs something else",
      );
      return "web rolled back, its import taken out; after --resume the same end state";
    },
  };
}

/** A refusal that leaves everything as it was. */
function refused(
  name: string,
  code: string,
  arrange: (fleet: SimulatedFleet) => Promise<unknown>,
  { hours = WAVES, resume = false }: { hours?: number; resume?: boolean } = {},
): RolloutFault {
  return {
    name,
    run: async (fleet) => {
      await arrange(fleet);
      const before = JSON.stringify(
        HOSTS.map((host) => readFileSync(join(fleet.machines, host, "log"), "utf8")),
      );
      const found = await refusal(simulateRollout(fleet, { hours, resume }));
      expect(found === code, `expected ${code}, got ${found}`);
      const after = JSON.stringify(
        HOSTS.map((host) => readFileSync(join(fleet.machines, host, "log"), "utf8")),
      );
      expect(before === after, "a host was touched");
      return `refused: ${code}; no host touched`;
    },
  };
}

async function refusal(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (caught) {
    if (caught instanceof FleetError) return caught.diagnostics[0]?.code ?? "";
    throw caught;
  }
  return "nothing";
}

function journalOf({ root }: SimulatedFleet): string {
  return join(root, ".fleet/rollout.ndjson");
}

function editJournal(fleet: SimulatedFleet, edit: (lines: string[]) => string[]): void {
  const path = journalOf(fleet);
  writeFileSync(path, `${edit(readFileSync(path, "utf8").trimEnd().split("\n")).join("\n")}\n`);
}

function lockText(machine: string, pid: number): string {
  const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
  const owner = {
    machine,
    boot,
    pid,
    started: "1",
    user: "ana",
    command: "fleet rollout",
    since: "2026-06-07T12:00:00.000Z",
  };
  return `${JSON.stringify(owner)}\n`;
}

/** Faults besides the kills after each record. */
export const FAULTS: readonly RolloutFault[] = [
  killedBy("killed in a deployment, before it had an effect", (fleet) => mark(fleet, "web", "kill-before")),
  killedBy("killed in a deployment, after it had its effect", (fleet) => mark(fleet, "web", "kill-after")),
  killedBy(
    "killed in git commit, before there was a commit",
    hook("pre-commit", 'kill -9 "$FLEET_PID"; exit 1'),
  ),
  killedBy("killed in git commit, after there was a commit", hook("post-commit", 'kill -9 "$FLEET_PID"')),
  mended("a deployment that reports success and changes nothing", "lies", [], /reported success/),
  mended("a deployment that is refused", "refuses", [], /activation failed/),
  mended(
    "a deployment that has its effect and then fails",
    "half",
    ["deploy", "rollback"],
    /connection lost/,
  ),
  mended("a deployment that hangs", "deploy-hangs", [], /did not end within/),
  mended("a host that does not answer", "unreachable", [], /no route to host/),
  mended("a host that accepts the connection and hangs", "hangs", [], /did not end within/),
  mended("logs that do not arrive", "silent", ["deploy", "rollback"], /no entry/),
  mended(
    "a Loki that is down when a host is verified",
    "loki-down",
    ["deploy", "rollback"],
    /Loki does not answer/,
  ),
  {
    name: "a host that cannot be rolled back",
    run: async (fleet) => {
      await simulateRollout(fleet, { hours: CANARY });
      await mark(fleet, "web", "silent");
      await mark(fleet, "web", "stuck");
      const { failures } = await simulateRollout(fleet, { hours: WAVES });
      expect(failures[0]?.outcome === "failed", JSON.stringify(failures));
      await mark(fleet, "web", "stuck", false);
      const again = await simulateRollout(fleet, { hours: WAVES, resume: true });
      expect(again.failures[0]?.outcome === "rolled back", JSON.stringify(again.failures));
      await mark(fleet, "web", "silent", false);
      expect((await simulateRollout(fleet, { hours: WAVES, resume: true })).ok, "could not be resumed");
      return "web failed, and said; --resume rolls it back, the next one moves it";
    },
  },
  {
    name: "a host that goes back to its old generation before it is verified",
    run: async (fleet) => {
      await simulateRollout(fleet, { hours: CANARY });
      await simulateRollout(fleet, { hours: WAVES, through: "deploy" });
      writeFileSync(join(fleet.machines, "web", "generation"), "promtail-era\n");
      const { failures } = await simulateRollout(fleet, { hours: WAVES, resume: true });
      expect(
        failures[0]?.host === "web" && /was deployed/.test(failures[0].reason),
        JSON.stringify(failures),
      );
      expect((await simulateRollout(fleet, { hours: WAVES, resume: true })).ok, "could not be resumed");
      return "found before Loki is asked; after --resume verified";
    },
  },
  {
    name: "a host of the fleet that does not evaluate with the change",
    run: async (fleet) => {
      await simulateRollout(fleet, { hours: CANARY });
      appendFileSync(join(fleet.root, "hosts/mail/configuration.nix"), "# broken\n");
      gitOk(fleet.root, "commit", "--quiet", "--all", "--message", "breaks mail");
      const head = gitOk(fleet.root, "rev-parse", "HEAD");
      const { failures } = await simulateRollout(fleet, { hours: WAVES });
      expect(
        failures.length === 2 && failures.every(({ outcome }) => outcome === "not deployed"),
        JSON.stringify(failures),
      );
      expect(gitOk(fleet.root, "rev-parse", "HEAD") === head, "something was committed");
      expect(gitOk(fleet.root, "status", "--short") === "", "the tree was changed");
      return "the wave stops before anything is written, committed or deployed";
    },
  },
  {
    name: "interrupted with Ctrl-C between two records",
    run: async (fleet) => {
      await simulateRollout(fleet, { hours: CANARY });
      const run = await inProcess(fleet, { hours: WAVES, interruptAfter: 12 });
      expect(run.report?.ok === false || run.report?.ok === true, "gave no report");
      await simulateRollout(fleet, { hours: WAVES, resume: run.report?.ok === false });
      return expectUndisturbed(fleet);
    },
  },
  refused("a work tree with changes", "rollout/dirty-tree", async (fleet) => {
    await simulateRollout(fleet, { hours: CANARY });
    appendFileSync(join(fleet.root, "hosts/mail/configuration.nix"), "# mine\n");
  }),
  refused(
    "a file edited by hand after a kill in git commit",
    "rollout/dirty-tree",
    async (fleet) => {
      await simulateRollout(fleet, { hours: CANARY });
      hook("pre-commit", 'kill -9 "$FLEET_PID"; exit 1')(fleet);
      await inProcess(fleet, { hours: WAVES });
      rmSync(join(fleet.root, ".git/hooks/pre-commit"));
      appendFileSync(join(fleet.root, "hosts/web/configuration.nix"), "# mine\n");
    },
    { resume: true },
  ),
  refused("a second operator on the same checkout", "rollout/locked", async (fleet) => {
    await simulateRollout(fleet, { hours: CANARY });
    const since = "2026-06-07T12:00:00.000Z";
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
    const owner = {
      machine: hostname(),
      boot,
      pid: process.pid,
      started: null,
      user: "ana",
      command: "fleet rollout",
      since,
    };
    writeFileSync(join(fleet.root, ".fleet/lock"), `${JSON.stringify(owner)}\n`);
  }),
  refused("a lock that another machine holds", "rollout/locked", async (fleet) => {
    await simulateRollout(fleet, { hours: CANARY });
    writeFileSync(join(fleet.root, ".fleet/lock"), lockText("elsewhere", 1));
  }),
  {
    name: "a lock whose number another process has now",
    run: async (fleet) => {
      await simulateRollout(fleet, { hours: CANARY });
      writeFileSync(join(fleet.root, ".fleet/lock"), lockText(hostname(), process.pid));
      await simulateRollout(fleet, { hours: WAVES });
      return `recognised as stale and taken over; ${await expectUndisturbed(fleet)}`;
    },
  },
  refused("a record of the journal edited by hand", "rollout/journal-damaged", async (fleet) => {
    await simulateRollout(fleet, { hours: CANARY });
    editJournal(fleet, (lines) => lines.map((line) => line.replace('"verify"', '"deploy"')));
  }),
  refused("a record taken out of the journal", "rollout/journal-damaged", async (fleet) => {
    await simulateRollout(fleet, { hours: CANARY });
    editJournal(fleet, (lines) => lines.filter((_, at) => at !== 1));
  }),
  {
    name: "a journal cut off within its last record",
    run: async (fleet) => {
      await simulateRollout(fleet, { hours: CANARY });
      await inProcess(fleet, { hours: WAVES, killAt: 16 });
      truncateSync(journalOf(fleet), readFileSync(journalOf(fleet)).length - 40);
      await simulateRollout(fleet, { hours: WAVES, resume: true });
      return expectUndisturbed(fleet);
    },
  },
  {
    name: "a journal that lost the records after a deployment was begun",
    run: async (fleet) => {
      await simulateRollout(fleet, { hours: CANARY });
      await simulateRollout(fleet, { hours: WAVES, through: "deploy" });
      editJournal(fleet, (lines) => lines.slice(0, -1));
      await simulateRollout(fleet, { hours: WAVES, resume: true });
      return expectUndisturbed(fleet);
    },
  },
  {
    name: "a host removed from the manifest during its wave",
    run: async (fleet) => {
      await simulateRollout(fleet, { hours: CANARY });
      await simulateRollout(fleet, { hours: WAVES, through: "deploy" });
      const path = join(fleet.root, "fleet.yaml");
      const text = readFileSync(path, "utf8")
        .replace(/^ {2}mail: .*\n/m, "")
        .replace('"web","mail"', '"web"');
      writeFileSync(path, text);
      gitOk(fleet.root, "commit", "--quiet", "--all", "--message", "mail is gone");
      expect((await simulateRollout(fleet, { hours: WAVES, resume: true })).ok, "could not be resumed");
      const { fleet: model } = await loadFleet(fleet.root);
      const { diagnostics } = statusOf(model, readRollout(fleet.root).state, new Date(), undefined);
      expect(diagnostics[0]?.code === "rollout/host-gone", "status does not say so");
      return "the wave goes on without it; status warns that it runs what was deployed";
    },
  },
  {
    name: "a rollback that is killed and asked for again",
    run: async (fleet) => {
      await toTheEnd(fleet);
      await withSimulation(
        fleet,
        {
          listener: ({ step, phase }) => {
            if (step === "rollback" && phase === "begun") throw new Error("ends here");
          },
        },
        (rollout) => rollout.rollBack("web"),
      ).catch((caught: unknown) => {
        if (!(caught instanceof Error) || caught.message !== "ends here") throw caught;
      });
      const report = await simulateRollout(fleet, { hours: WAVES, resume: true });
      expect(report.failures[0]?.outcome === "rolled back", JSON.stringify(report));
      const web = await machine(fleet, "web");
      expect(web.log.join() === "deploy,rollback", web.log.join());
      return "finished by --resume, rolled back once";
    },
  },
];

/** Lets a fault happen to a fleet of its own. */
export async function injectFault(fault: RolloutFault): Promise<string> {
  return withFleet(fault.run);
}

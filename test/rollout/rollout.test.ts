import { readFile } from "node:fs/promises";
import { existsSync } from "node:fs";
import { join } from "node:path";
import t, { type Test } from "tap";
import { FleetError } from "../../src/diagnostics/index.ts";
import { loadFleet } from "../../src/repository/index.ts";
import { readRollout } from "../../src/rollout/index.ts";
import { gitOk } from "../support/git.ts";
import {
  machine,
  mark,
  removeFleet,
  simulatedFleet,
  simulateRollout,
  withSimulation,
  type SimulatedFleet,
} from "../support/rollout-fleet.ts";

async function fleetFor(t: Test, waves: readonly (readonly string[])[]): Promise<SimulatedFleet> {
  const fleet = await simulatedFleet(waves);
  t.teardown(() => removeFleet(fleet));
  return fleet;
}

function stages({ root }: SimulatedFleet): Record<string, string> {
  return Object.fromEntries([...readRollout(root).state.hosts].map(([name, { stage }]) => [name, stage]));
}

async function refusal(work: Promise<unknown>): Promise<{ code: string; exitCode: number }> {
  try {
    await work;
  } catch (caught) {
    if (caught instanceof FleetError)
      return { code: caught.diagnostics[0]?.code ?? "", exitCode: caught.exitCode };
    throw caught;
  }
  throw new Error("nothing was refused");
}

t.test(
  "a rollout deploys the canary, waits for its soak time, takes the waves and removes the Promtail module",
  async (t) => {
    const fleet = await fleetFor(t, [["web", "mail"], ["gw"]]);
    const { root } = fleet;
    t.match(await simulateRollout(fleet), { ok: true, next: /verified for 60 min|1 h/ });
    t.same(stages(fleet), { nas: "verified" });
    t.same((await machine(fleet, "web")).log, []);

    t.same(await refusal(simulateRollout(fleet, { hours: 0.5 })), { code: "rollout/soaking", exitCode: 1 });

    t.match(await simulateRollout(fleet, { hours: 2 }), { ok: true, failures: [], next: undefined });
    t.same(stages(fleet), { nas: "verified", web: "verified", mail: "verified", gw: "verified" });
    for (const name of ["nas", "web", "mail", "gw"]) t.same((await machine(fleet, name)).log, ["deploy"]);
    t.same(gitOk(root, "log", "--reverse", "--format=%s").trim().split("\n"), [
      "before",
      "feat(logging): move web and mail to grafana-alloy (promtail to alloy, wave 1)",
      "feat(logging): move gw to grafana-alloy (promtail to alloy, wave 2)",
      "chore(logging): remove modules/promtail, which no host uses any more",
    ]);
    t.equal(
      await readFile(join(root, "hosts/gw/configuration.nix"), "utf8"),
      "{ imports = [ ../../modules/alloy ]; }\n",
    );
    t.notOk(existsSync(join(root, "modules/promtail")));
    t.match(
      await readFile(join(root, "modules/alloy/config.alloy"), "utf8"),
      /^\/\/ Made by fleet from modules\/promtail, which is gone/,
    );
    const { fleet: after } = await loadFleet(root);
    t.same(
      new Set(after.hosts.map(({ ship, promtail }) => `${ship} ${String(promtail)}`)),
      new Set(["alloy undefined"]),
    );
    t.equal(gitOk(root, "status", "--short"), "", "the state folder hides itself");
    t.match(await simulateRollout(fleet, { hours: 3 }), { ok: true, failures: [] });
    t.same((await machine(fleet, "web")).log, ["deploy"], "nothing is deployed twice");
  },
);

t.test(
  "a host whose logs do not arrive is rolled back, its import taken out, and moved again by --resume",
  async (t) => {
    const fleet = await fleetFor(t, [["web", "mail"]]);
    const { root } = fleet;
    await simulateRollout(fleet);
    await mark(fleet, "mail", "silent");
    const report = await simulateRollout(fleet, { hours: 2 });
    t.match(report, { ok: false, failures: [{ host: "mail", outcome: "rolled back", reason: /no entry/ }] });
    t.same(stages(fleet), { nas: "verified", web: "verified", mail: "rolled back" });
    t.same(await machine(fleet, "mail"), { generation: "promtail-era", log: ["deploy", "rollback"] });
    t.match(await readFile(join(root, "hosts/mail/configuration.nix"), "utf8"), "modules/promtail");
    t.match(await readFile(join(root, "hosts/web/configuration.nix"), "utf8"), "modules/alloy");
    t.match(await readFile(join(root, "fleet.yaml"), "utf8"), 'mail: { channel: "25.11", ship: promtail }');
    t.match(gitOk(root, "log", "-1", "--format=%s"), /^revert\(logging\): take mail back/);

    t.same(await refusal(simulateRollout(fleet, { hours: 2 })), { code: "rollout/unfinished", exitCode: 1 });
    await mark(fleet, "mail", "silent", false);
    t.match(await simulateRollout(fleet, { hours: 2, resume: true }), { ok: true });
    t.same(stages(fleet), { nas: "verified", web: "verified", mail: "verified" });
    t.same((await machine(fleet, "web")).log, ["deploy"], "what was well is not deployed again");
  },
);

t.test(
  "fleet rollback takes a verified host back, and a host that was never deployed is refused",
  async (t) => {
    const fleet = await fleetFor(t, [["web"], ["gw"]]);
    await simulateRollout(fleet);
    await simulateRollout(fleet, { hours: 2, wave: 1 });
    t.same(stages(fleet), { nas: "verified", web: "verified" });
    const report = await withSimulation(fleet, {}, (rollout) => rollout.rollBack("web"));
    t.match(report, { ok: true, failures: [] });
    t.same(await machine(fleet, "web"), { generation: "promtail-era", log: ["deploy", "rollback"] });
    t.same(
      await refusal(
        withSimulation(fleet, {}, (rollout) => {
          rollout.requireDeployed("gw");
          return Promise.resolve();
        }),
      ),
      { code: "rollout/not-deployed", exitCode: 2 },
    );
  },
);

t.test("--through commit stops before any host is touched, and --resume deploys that commit", async (t) => {
  const fleet = await fleetFor(t, [["web"]]);
  await simulateRollout(fleet);
  t.match(await simulateRollout(fleet, { hours: 2, through: "commit" }), { ok: true });
  t.same(stages(fleet), { nas: "verified", web: "committed" });
  t.same((await machine(fleet, "web")).log, []);
  t.match(await simulateRollout(fleet, { hours: 2, resume: true }), { ok: true });
  t.same(stages(fleet), { nas: "verified", web: "verified" });
});

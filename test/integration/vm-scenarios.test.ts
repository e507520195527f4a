import t from "tap";
import { findProgram } from "../../src/programs/index.ts";
import { SCENARIOS } from "../../src/vm/index.ts";
import { exampleFleet } from "../support/example.ts";
import { fleet } from "../support/fleet.ts";

interface Report {
  ok: boolean;
  host: string;
  scenarios: {
    scenario: string;
    status: string;
    seconds: number;
    kept: string | null;
    means: { real: boolean; name: string }[];
    diagnostics: { message: string }[];
  }[];
}

const qemu = await findProgram("qemu-system-x86_64", { env: process.env });

t.test(
  "every scenario passes on the canary of the example fleet, on a machine of its own",
  { skip: qemu === undefined ? "there is no qemu on this machine" : false },
  async (t) => {
    const root = await exampleFleet(t);
    const { code, out, err } = await fleet("vm", "test", "--repo", root, "--json");
    const report = JSON.parse(out) as Report;
    t.equal(report.host, "nas");
    t.same(
      report.scenarios.map(({ scenario }) => scenario),
      SCENARIOS.map(({ name }) => name),
    );
    for (const { scenario, status, seconds, diagnostics, kept, means } of report.scenarios) {
      t.comment(`${scenario}: ${seconds.toFixed(0)} s`);
      t.equal(status, "passed", diagnostics.map(({ message }) => message).join("\n"));
      t.equal(kept, null);
      t.ok(
        means.some(({ real, name }) => real && /^loki .*container of podman/.test(name)),
        "a real Loki in a container",
      );
    }
    t.equal(code, 0, err);
  },
);

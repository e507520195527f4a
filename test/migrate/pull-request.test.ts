import t from "tap";
import { pullRequest } from "../../src/migrate/pull-request.ts";
import type { StepRecord } from "../../src/migrate/plan.ts";
import { loadFleet } from "../../src/repository/index.ts";
import { exampleFleet } from "../support/example.ts";
import { matchGolden } from "../support/golden.ts";
import { CONFIGURATION } from "../support/verify.ts";

function step(id: StepRecord["id"], title: string, summary: string, details: string[] = []): StepRecord {
  const means = [
    { real: true, name: "nix 2.8.0" },
    { real: false, name: "option surface" },
  ];
  return { id, title, status: "passed", seconds: 1, summary, means, details, diagnostics: [] };
}

const STEPS: readonly StepRecord[] = [
  step("parity", "Compare with the converted Promtail configuration", "4 components agree", [
    "allowed (credential): loki.write.default endpoint[0].basic_auth[0]: password_file -> sys.env",
  ]),
  step("gate", "Evaluate every host with the change", "5 pass | 0 fail"),
  { ...step("vm", "Run the canary on a virtual machine", "--no-vm"), status: "skipped", means: [] },
  { ...step("write", "Write the change", ""), status: "not run" },
];

t.test("the text has the canary, those that follow, the proof, and calls what was embedded so", async (t) => {
  const { fleet } = await loadFleet(await exampleFleet(t));
  const canary = fleet.hosts.find(({ name }) => name === "nas");
  if (canary === undefined) throw new Error("the example has no nas");
  const changed = ["modules/alloy/config.alloy", "modules/alloy/default.nix", "hosts/nas/configuration.nix"];
  const text = pullRequest({ fleet, canary, configuration: CONFIGURATION.text, steps: STEPS, changed });
  t.match(text.title, /^feat\(logging\): .*nas canary/);
  t.match(text.body, "The other hosts (web, mail, gw, build) stay on Promtail until step 2.");
  t.match(
    text.body,
    "| Evaluate every host with the change | 5 pass \\| 0 fail | nix 2.8.0, embedded: option surface |",
  );
  t.match(text.body, "| Run the canary on a virtual machine | skipped: --no-vm |  |");
  t.ok(text.message.split("\n").every((line) => line.length <= 72));
  matchGolden(t, "migrate/pull-request.md", `${text.title}\n\n${text.body}`);
  matchGolden(t, "migrate/commit.txt", `${text.title}\n\n${text.message}\n`);
});

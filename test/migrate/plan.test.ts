import t from "tap";
import { error, FleetError, warning } from "../../src/diagnostics/index.ts";
import { Plan, STEPS, StepFailed } from "../../src/migrate/plan.ts";

const means = [{ real: true, name: "nix 2.8.0" }];

t.test("steps are recorded with what they found, and their listener told of start and end", async (t) => {
  const events: string[] = [];
  const plan = new Plan(({ type, number, step }) => events.push(`${type} ${number} ${step.status}`));
  const found = await plan.run("manifest", () => ({ summary: "5 hosts", means, extra: 1 }));
  t.equal(found.extra, 1);
  t.match(plan.records[0], { status: "passed", summary: "5 hosts", means, details: [] });
  t.equal(plan.records[1]?.status, "not run");
  t.same(events, ["started 1 not run", "ended 1 passed"]);
});

t.test("a warning passes, an error among the diagnostics fails the step and ends the plan", async (t) => {
  const plan = new Plan(() => undefined);
  const lost = [warning("promtail/lost", "a port is lost")];
  await plan.run("manifest", () => ({ summary: "", means, diagnostics: lost }));
  const different = [error("parity/missing", "no counterpart")];
  const failing = plan.run("render", () => ({ summary: "4 components", means, diagnostics: different }));
  await t.rejects(failing, StepFailed);
  t.match(plan.records, [
    { status: "passed", diagnostics: lost },
    { status: "failed", summary: "4 components", diagnostics: different },
    { status: "not run" },
  ]);
});

t.test("a step that cannot be done is recorded with the reason", async (t) => {
  const plan = new Plan(() => undefined);
  const missing = error("nix/not-found", "nix is not on this machine");
  const failing = plan.run("manifest", () => {
    throw new FleetError(missing);
  });
  await t.rejects(failing, StepFailed);
  t.match(plan.records[0], { status: "failed", summary: missing.message, diagnostics: [missing] });
});

t.test("a defect is no finding: it passes through", async (t) => {
  const plan = new Plan(() => undefined);
  const failing = plan.run("manifest", () => {
    throw new TypeError("a defect");
  });
  await t.rejects(failing, TypeError);
});

t.test("steps cannot be left out or run out of order", async (t) => {
  const plan = new Plan(() => undefined);
  plan.skip("manifest", "for a test");
  t.match(plan.records[0], { status: "skipped", summary: "for a test" });
  await t.rejects(
    plan.run("write", () => ({ summary: "", means })),
    /out of order/,
  );
});

t.test("the last step is the one that writes", (t) => {
  t.equal(STEPS.at(-1)?.id, "write");
  t.end();
});

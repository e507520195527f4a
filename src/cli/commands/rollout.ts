import { z } from "zod";
import { renderTable } from "../../report/index.ts";
import { diffOf } from "../../repository/index.ts";
import { THROUGH, type RolloutPlan } from "../../rollout/index.ts";
import type { Run } from "../command.ts";
import type { Io } from "../io.ts";
import { readOptions } from "../read-options.ts";
import { LokiOptions } from "../rollout/options.ts";
import { confirm, finish, withRollout } from "../rollout/session.ts";

const Options = LokiOptions.extend({
  wave: z.coerce
    .number("must be a number")
    .int("must be a whole number")
    .min(0, "must be 0 or more")
    .optional(),
  resume: z.boolean().default(false),
  through: z.enum(THROUGH).default("verify"),
  yes: z.boolean().default(false),
  dryRun: z.boolean().default(false),
  breakLock: z.boolean().default(false),
});

/** `fleet rollout`: shows the plan, asks, and takes the canary or the waves through it. */
export const run: Run = async (invocation, io) => {
  const options = readOptions(Options, invocation.options, "rollout");
  const { wave, resume, through, yes, dryRun, breakLock } = options;
  const session = { command: "fleet rollout", breakLock, verify: options };
  return withRollout(invocation, session, io, async (rollout) => {
    const plan = await rollout.plan({ wave, resume, through });
    if (dryRun) {
      const diff = diffOf(await rollout.preview(plan));
      if (invocation.json) io.json({ ok: true, plan, diff });
      else io.out([planText(plan, io), diff].filter((part) => part !== "").join("\n"));
      return 0;
    }
    const text = planText(plan, io);
    if (plan.waves.length === 0 && !plan.retire) {
      if (invocation.json) io.json({ ok: true, failures: [], next: plan.then ?? null, diagnostics: [] });
      else io.out(text);
      return 0;
    }
    io.log(text);
    await confirm("Go on?", { yes }, io);
    return finish(await rollout.run(plan, through), invocation, io);
  });
};

/** Hosts that go the same way from the same stage share a row. */
function planText({ waves, retire, then }: RolloutPlan, io: Io): string {
  const rows = waves.flatMap(({ wave, hosts }) => {
    const alike = Map.groupBy(hosts, ({ stage, steps }) => `${stage}\t${steps.join(", ")}`);
    return [...alike].map(([way, group]) => {
      const [stage = "", steps = ""] = way.split("\t");
      const names = group.map(({ host }) => host);
      const shown =
        names.length > 4 ? `${names.slice(0, 3).join(", ")} and ${names.length - 3} more` : names.join(", ");
      return [wave === 0 ? "canary" : `wave ${wave}`, shown, stage, steps === "" ? "nothing" : steps];
    });
  });
  const parts = rows.length === 0 ? [] : [renderTable([["", "hosts", "now", "to do"], ...rows], io.columns)];
  if (retire) parts.push("At the end the Promtail module is removed.\n");
  if (then !== undefined)
    parts.push(`${rows.length === 0 && !retire ? "Nothing to do: " : "After that: "}${then}\n`);
  if (parts.length === 0) parts.push("Every host is verified, and nothing is left to do.\n");
  return parts.join("");
}

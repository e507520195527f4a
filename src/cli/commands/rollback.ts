import { z } from "zod";
import { readOptions } from "../read-options.ts";
import type { Run } from "../command.ts";
import { LokiOptions } from "../rollout/options.ts";
import { confirm, finish, withRollout } from "../rollout/session.ts";

const Options = z.object({ yes: z.boolean().default(false), breakLock: z.boolean().default(false) });

/** `fleet rollback HOST`: what the host ran before the rollout, and its import out of the tree. */
export const run: Run = async (invocation, io) => {
  const { yes, breakLock } = readOptions(Options, invocation.options, "rollback");
  const host = String(invocation.arguments[0]);
  const session = { command: `fleet rollback ${host}`, breakLock, verify: LokiOptions.parse({}) };
  return withRollout(invocation, session, io, async (rollout) => {
    rollout.requireDeployed(host);
    await confirm(`Take ${host} back to what it ran before, and its import out of the tree?`, { yes }, io);
    return finish(await rollout.rollBack(host), invocation, io);
  });
};

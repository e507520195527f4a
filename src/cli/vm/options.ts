import { z } from "zod";
import { error, FleetError } from "../../diagnostics/index.ts";
import { MACHINE_DEFAULTS } from "../../vm/index.ts";

/** Minutes on the command line. */
export const minutes = z.coerce
  .number("must be minutes")
  .positive("must be more than 0")
  .max(24 * 60);

/** Options of every command that starts a machine. */
export const MachineOptions = z.object({
  memory: z.coerce
    .number("must be MiB")
    .int("must be whole MiB")
    .min(512, "must be 512 at least")
    .default(MACHINE_DEFAULTS.memory),
  bootTimeout: minutes.default(MACHINE_DEFAULTS.bootTimeout / 60_000),
});

/** @throws FleetError `cli/usage` for a value that an option cannot have */
export function readOptions<T>(schema: z.ZodType<T>, given: unknown, command: string): T {
  const { data, error: problem } = schema.safeParse(given);
  if (problem === undefined) return data;
  const [issue] = problem.issues;
  const option = String(issue?.path[0] ?? "").replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  const hint = `fleet ${command} --help lists what it takes`;
  throw new FleetError(error("cli/usage", `--${option} ${issue?.message ?? "is wrong"}`, { hint }));
}

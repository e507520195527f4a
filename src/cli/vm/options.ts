import { z } from "zod";
import { MACHINE_DEFAULTS } from "../../vm/index.ts";

export { readOptions } from "../read-options.ts";

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

import { z } from "zod";

/** Minutes on the command line. */
export const minutes = z.coerce
  .number("must be minutes")
  .positive("must be more than nothing")
  .max(24 * 60);

/** Options of every command that starts a machine. */
export const MachineOptions = z.object({
  memory: z.coerce.number("must be MiB").int().min(512, "a guest needs 512 MiB at least").default(2048),
  bootTimeout: minutes.default(10),
});

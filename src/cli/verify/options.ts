import { z } from "zod";
import { parseDuration } from "../../manifest/index.ts";

const duration = z.string().transform((text, context) => {
  const milliseconds = parseDuration(text);
  if (milliseconds === undefined || milliseconds === 0)
    context.addIssue({ code: "custom", message: "must be a duration such as 30s, 15m or 1h30m" });
  return milliseconds ?? 0;
});

/** What the command line says of `fleet verify`. */
export const VerifyCommandOptions = z.object({
  all: z.boolean().default(false),
  since: duration.default(900_000),
  baseline: duration.optional(),
  loki: z.string().optional(),
  username: z.string().optional(),
  passwordFile: z.string().optional(),
  tokenFile: z.string().optional(),
  tenant: z.string().optional(),
  ca: z.string().optional(),
  timeout: duration.default(10_000),
  marker: z.enum(["ssh", "print", "none"]).default("ssh"),
  ssh: z
    .string()
    .regex(/^(?:[A-Za-z_][\w.-]*@)?[A-Za-z0-9][\w.-]*$/, "takes a host, or user@host")
    .optional(),
  config: z.string().optional(),
  watch: z.boolean().default(false),
  within: duration.optional(),
  maxValues: z.coerce.number("must be a number").int().positive("must be more than 0").optional(),
  junit: z.string().optional(),
});

export type VerifyCommandOptions = z.output<typeof VerifyCommandOptions>;

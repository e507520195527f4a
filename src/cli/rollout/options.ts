import type { z } from "zod";
import type { OptionSpec } from "../command.ts";
import { VerifyCommandOptions } from "../verify/options.ts";

/** What `fleet rollout` and `fleet rollback` share. */
export const ROLLOUT_OPTIONS: readonly OptionSpec[] = [
  { flags: "--yes", description: "do it without asking; needed where there is no terminal" },
  {
    flags: "--break-lock",
    description: "take over the lock of another machine's run that is known to be gone",
  },
];

/** How a rollout asks Loki, in the words of `fleet verify`. */
export const VERIFY_OPTIONS: readonly OptionSpec[] = [
  { flags: "--loki <url>", description: "verify there (default: the Loki of fleet.yaml)" },
  { flags: "--username <name>", description: "ask as this user (default: loki.username)" },
  { flags: "--password-file <file>", description: "the password is in this file" },
  { flags: "--token-file <file>", description: "a bearer token is in this file" },
  { flags: "--tenant <name>", description: "ask for this tenant (X-Scope-OrgID)" },
  { flags: "--ca <file>", description: "certificates (PEM) to trust in place of the system's" },
  {
    flags: "--marker <how>",
    description: "marked lines for the verification: logged by ssh (default), or none",
    choices: ["ssh", "none"],
  },
];

export const LokiOptions = VerifyCommandOptions.pick({
  loki: true,
  username: true,
  passwordFile: true,
  tokenFile: true,
  tenant: true,
  ca: true,
  timeout: true,
  marker: true,
});

export type LokiOptions = z.output<typeof LokiOptions>;

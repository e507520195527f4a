import { z } from "zod";
import { duration } from "./values.ts";

/** What may stand in braces in the templates of a deployment, and what stands for a brace itself. */
export const PLACEHOLDERS = ["host", "target", "commit", "previous"] as const;

const template = (names: readonly (typeof PLACEHOLDERS)[number][]) =>
  z
    .string()
    .refine(
      (text) => [...text.matchAll(/\{(\w+)\}/g)].every(([, name]) => names.some((known) => known === name)),
      `only ${names.map((name) => `{${name}}`).join(", ")} in braces`,
    );

const commandLine = (names: readonly (typeof PLACEHOLDERS)[number][]) =>
  z.array(template(names)).min(1, "a program and its arguments");

const ADAPTERS = ["nixos-rebuild", "colmena", "deploy-rs", "git-pull", "command"] as const;

/** How hosts are deployed: `rollout.deploy`. */
export const deploySchema = z
  .strictObject({
    adapter: z
      .enum(ADAPTERS)
      .default("nixos-rebuild")
      .describe("The tool that brings a configuration to a host; `git-pull` is comin and its like."),
    parallel: z
      .int()
      .min(1, "1 or more")
      .default(4)
      .describe("So many hosts of a wave are deployed at once."),
    timeout: duration.default("30m").describe("How long the deployment of one host may take."),
    target: template(["host"])
      .regex(/^[^\s-]\S*$/, "an ssh destination, such as root@{host}.example.com")
      .default("root@{host}")
      .describe("Where ssh finds a host. `{host}` is its name."),
    health: commandLine(["host"])
      .default(["systemctl", "is-active", "--quiet", "alloy.service"])
      .describe("A command that succeeds on a host that is well, run over a new ssh connection."),
    git: z
      .strictObject({
        remote: z
          .string()
          .regex(/^[A-Za-z0-9_][A-Za-z0-9_./-]*$/, "the name of a git remote")
          .default("origin")
          .describe("The git remote that the hosts pull from."),
        branch: z
          .string()
          .regex(/^[A-Za-z0-9_][A-Za-z0-9_./-]*$/, "the name of a branch")
          .optional()
          .describe("The branch that the hosts follow. Default: the one that is checked out."),
      })
      .prefault({})
      .describe("For the adapter git-pull: where to push."),
    command: z
      .strictObject({
        deploy: commandLine(["host", "target", "commit", "previous"]).describe(
          "Brings the commit to the host. Each word is an argument; no shell reads it.",
        ),
        identify: commandLine(["host", "target"]).describe(
          "Prints one line that says what the host runs, and that another configuration changes.",
        ),
        rollback: commandLine(["host", "target", "commit", "previous"]).describe(
          "Brings back what `identify` printed before the deployment, which is `{previous}`.",
        ),
      })
      .optional()
      .describe(
        "For the adapter command: the command lines to run, at the top of a checkout of the commit. `{host}`, " +
          "`{target}`, `{commit}` and `{previous}` in them are replaced.",
      ),
  })
  .describe("How hosts are deployed.");

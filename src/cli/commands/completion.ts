import { z } from "zod";
import type { Run } from "../command.ts";
import { COMMANDS } from "../commands.ts";
import { completionScript } from "../completion.ts";

const Shell = z.enum(["bash", "zsh", "fish"]);

/** `fleet completion SHELL`: prints the completion script. */
export const run: Run = (invocation, io) => {
  io.out(completionScript(Shell.parse(invocation.arguments[0]), COMMANDS));
  return Promise.resolve(0);
};

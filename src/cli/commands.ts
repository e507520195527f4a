import type { CommandSpec } from "./command.ts";

/** Every command, in the order in which help lists them: the order of a migration. */
export const COMMANDS: readonly CommandSpec[] = [];

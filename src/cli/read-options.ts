import type { z } from "zod";
import { error, FleetError } from "../diagnostics/index.ts";

/** @throws FleetError `cli/usage` for a value that an option cannot have */
export function readOptions<T>(schema: z.ZodType<T>, given: unknown, command: string): T {
  const { data, error: problem } = schema.safeParse(given);
  if (problem === undefined) return data;
  const [issue] = problem.issues;
  const option = String(issue?.path[0] ?? "").replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  const hint = `fleet ${command} --help lists what it takes`;
  throw new FleetError(error("cli/usage", `--${option} ${issue?.message ?? "is wrong"}`, { hint }));
}

import { down } from "../../dev/index.ts";
import type { Run } from "../command.ts";

/** `fleet dev down`: ends the local stack and removes what it kept. */
export const run: Run = async (invocation, io) => {
  const stopped = await down({ env: io.env, cwd: io.cwd, log: (line) => io.log(line), signal: io.signal });
  if (invocation.json) io.json({ ok: true, stopped });
  else io.log(stopped.length === 0 ? "nothing ran" : `stopped ${stopped.join(", ")}; its data is removed`);
  return 0;
};

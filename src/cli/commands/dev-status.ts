import { DEFAULT_PORTS, status } from "../../dev/index.ts";
import type { Run } from "../command.ts";
import { servicesTable } from "../dev/services.ts";

/** `fleet dev status`: what of the local stack runs; exit code 1 when nothing does. */
export const run: Run = async (invocation, io) => {
  const services = await status({ env: io.env, cwd: io.cwd, ports: DEFAULT_PORTS });
  const ok = services.some(({ state }) => state === "running");
  if (invocation.json) io.json({ ok, services });
  else io.out(servicesTable(services));
  return ok ? 0 : 1;
};

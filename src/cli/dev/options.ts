import { DEFAULT_PORTS, SERVICES, type Ports } from "../../dev/index.ts";
import { error, FleetError } from "../../diagnostics/index.ts";

/**
 * The ports of the stack, changed by `--port NAME=PORT`.
 *
 * @throws FleetError `cli/usage`
 */
export function portsOf(given: readonly string[]): Ports {
  const ports: Record<keyof Ports, number> = { ...DEFAULT_PORTS };
  for (const text of given) {
    const [name, number = ""] = text.split("=");
    const service = SERVICES.find((known) => known === name);
    const port = /^\d{1,5}$/.test(number) ? Number(number) : 0;
    if (service === undefined || port < 1 || port > 65_535) {
      const hint = `NAME=PORT, NAME being one of ${SERVICES.join(", ")}`;
      throw new FleetError(error("cli/usage", `--port ${text} is not understood`, { hint }));
    }
    ports[service] = port;
  }
  return ports;
}

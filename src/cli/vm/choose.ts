import { closest, error, FleetError } from "../../diagnostics/index.ts";
import type { Fleet, Host } from "../../manifest/index.ts";
import { loadScenario, SCENARIOS, type Scenario } from "../../vm/index.ts";

/** The host that is named, else the canary. @throws FleetError `cli/usage` */
export function chooseHost(fleet: Fleet, name: string | undefined): Host {
  const wanted = name ?? fleet.canary;
  const found = fleet.hosts.find((host) => host.name === wanted);
  if (found !== undefined) return found;
  const names = fleet.hosts.map((host) => host.name);
  if (wanted === undefined)
    throw usage(`${fleet.file} names no canary`, `--host says which: ${names.join(", ")}`);
  const meant = closest(wanted, names);
  throw usage(
    `${fleet.file} has no host ${wanted}`,
    meant === undefined ? `its hosts: ${names.join(", ")}` : `did you mean ${meant}?`,
  );
}

/** The scenarios that are named, by name or by file; without a name those that fleet brings along. @throws FleetError `cli/usage` */
export async function chooseScenarios(names: readonly string[], cwd: string): Promise<Scenario[]> {
  if (names.length === 0) return [...SCENARIOS];
  const chosen: Scenario[] = [];
  for (const name of names) chosen.push(await chooseScenario(name, cwd));
  return chosen;
}

async function chooseScenario(name: string, cwd: string): Promise<Scenario> {
  if (name.endsWith(".ts") || name.includes("/")) return loadScenario(name, cwd);
  const found = SCENARIOS.find((scenario) => scenario.name === name);
  if (found !== undefined) return found;
  const names = SCENARIOS.map((scenario) => scenario.name);
  const meant = closest(name, names);
  throw usage(
    `there is no scenario ${name}`,
    meant === undefined
      ? `there are ${names.join(", ")}; a file of your own is named with its .ts`
      : `did you mean ${meant}?`,
  );
}

function usage(message: string, hint: string): FleetError {
  return new FleetError(error("cli/usage", message, { hint }));
}

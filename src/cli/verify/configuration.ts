import { error, FleetError } from "../../diagnostics/index.ts";
import type { Fleet, Host } from "../../manifest/index.ts";
import { readText } from "../../repository/index.ts";
import type { Configuration } from "../../verify/index.ts";
import type { Io } from "../io.ts";

/**
 * What a host's Alloy runs: the committed modules/alloy/config.alloy, or another file that the user names.
 *
 * @throws FleetError `verify/no-configuration`
 */
export async function hostConfiguration(root: string, fleet: Fleet, host: Host): Promise<Configuration> {
  const file = `${fleet.layout.modules}/alloy/config.alloy`;
  if (host.ship !== "alloy") {
    const message = `${host.name} does not ship with Alloy (ship: ${host.ship}), so there is no configuration to hold Loki against`;
    throw new FleetError(
      error("verify/no-configuration", message, { hint: "verify a host with `ship: alloy`" }),
    );
  }
  const text = await readText(root, file);
  if (text === undefined) {
    const message = `${file} is not there, so what ${host.name} ships cannot be known`;
    throw new FleetError(error("verify/no-configuration", message, { hint: "fleet generate writes it" }));
  }
  const { alloy } = host.channel;
  return { file, text, ...(alloy === undefined ? {} : { alloyVersion: alloy }) };
}

/** Prints the marked lines for a person to log; what they then do is not read back. */
export function printMarked(host: string, identifier: string, io: Io) {
  return (lines: readonly string[]): Promise<undefined> => {
    const quoted = lines.map((line) => `'${line.replaceAll("'", "'\\''")}'`).join(" \\\n  ");
    io.log(
      `log these lines on ${host} now:\n\nprintf '%s\\n' \\\n  ${quoted} |\n  systemd-cat --identifier=${identifier}\n`,
    );
    return Promise.resolve(undefined);
  };
}

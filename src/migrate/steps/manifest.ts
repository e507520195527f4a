import { closest, error, FleetError, hasErrors } from "../../diagnostics/index.ts";
import type { Fleet, Host } from "../../manifest/index.ts";
import { loadFleet } from "../../repository/index.ts";
import { checkSecrets } from "../../secrets/index.ts";
import type { Context } from "../context.ts";
import type { Finding } from "../plan.ts";

export interface ManifestFinding extends Finding {
  fleet: Fleet;
  canary: Host;
}

/**
 * Reads fleet.yaml and checks what the canary needs: that it is to ship with Alloy, and that its sops file
 * has the secret for its own key (without decrypting).
 *
 * @param name the canary; undefined for the one that the manifest names.
 * @throws FleetError `migrate/unknown-host`, `migrate/not-alloy`, and those of `loadFleet`.
 */
export async function readManifest({ root }: Context, name: string | undefined): Promise<ManifestFinding> {
  const { fleet } = await loadFleet(root);
  const canary = findCanary(fleet, name ?? fleet.canary);
  const { diagnostics } = await checkSecrets(root, fleet, [canary]);
  const secret = `${fleet.loki.credential.sops.secret} in ${canary.secrets}`;
  return {
    fleet,
    canary,
    diagnostics,
    summary: hasErrors(diagnostics)
      ? `${secret} is not as it must be`
      : `${fleet.hosts.length} hosts; ${canary.name} on ${canary.channel.name}; ${secret}`,
    means: [],
  };
}

function findCanary(fleet: Fleet, name: string | undefined): Host {
  const names = fleet.hosts.map((host) => host.name);
  if (name === undefined) {
    throw new FleetError(
      error("migrate/unknown-host", `${fleet.file} names no canary`, {
        hint: `say --canary HOST, one of ${names.join(", ")}`,
      }),
    );
  }
  const host = fleet.hosts.find((one) => one.name === name);
  if (host === undefined) {
    const near = closest(name, names);
    const hint = near === undefined ? `hosts: ${names.join(", ")}` : `did you mean ${near}?`;
    throw new FleetError(error("migrate/unknown-host", `${fleet.file} has no host ${name}`, { hint }));
  }
  if (host.ship !== "alloy" || host.promtail === undefined) {
    throw new FleetError(
      error("migrate/not-alloy", `${fleet.file} does not say that ${name} is to ship with Alloy`, {
        hint: `give hosts.${name}: ship: alloy, from: { promtail: ${fleet.layout.modules}/promtail }`,
      }),
    );
  }
  return host;
}

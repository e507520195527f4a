import { rm } from "node:fs/promises";
import { gate, type GateReport } from "../../gate/index.ts";
import type { Fleet } from "../../manifest/index.ts";
import { applyChanges, type Change } from "../../repository/index.ts";
import type { Context } from "../context.ts";
import type { Finding, Means } from "../plan.ts";
import { copyRepository } from "../staging.ts";

/**
 * Evaluates every host of the fleet in a copy of the repository that has the change. A host that fails fails the
 * step; one that could not be judged through the embedded option surface is named, and passes.
 */
export async function evaluateHosts(
  context: Context,
  fleet: Fleet,
  changes: readonly Change[],
): Promise<Finding> {
  const copy = await copyRepository(context.root, context.signal);
  try {
    await applyChanges(copy, changes);
    return finding(await gate(fleet, copy, context));
  } finally {
    await rm(copy, { recursive: true, force: true });
  }
}

function finding({ hosts, nix, notes, summary }: GateReport): Finding {
  const means: Means[] = [{ real: true, name: `nix ${nix}` }];
  const embedded = hosts.filter(({ through }) => through === "embedded").map(({ channel }) => channel);
  if (embedded.length > 0) {
    means.push({ real: false, name: `option surface of NixOS ${[...new Set(embedded)].sort().join(", ")}` });
  }
  for (const nixpkgs of new Set(hosts.flatMap((host) => host.nixpkgs ?? []))) {
    means.push({ real: true, name: `nixpkgs ${nixpkgs}` });
  }
  return {
    summary: `${summary.pass} pass, ${summary.fail} fail, ${summary.unverified} unverified`,
    details: [
      ...hosts.map(({ host, channel, verdict, unverified }) => {
        const options = unverified.map(({ option }) => option).join(", ");
        return `${host} on ${channel}: ${verdict}${options === "" ? "" : ` (not judged: ${options})`}`;
      }),
      ...notes,
    ],
    means,
    diagnostics: hosts.flatMap(({ diagnostics }) => diagnostics),
  };
}

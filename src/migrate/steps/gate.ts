import { rm } from "node:fs/promises";
import { gate, type GateReport } from "../../gate/index.ts";
import type { Fleet } from "../../manifest/index.ts";
import { applyChanges, type Change } from "../../repository/index.ts";
import { checkAlloyOptions, checkChange, strictly, type RuleReport } from "../../rules/index.ts";
import type { Context } from "../context.ts";
import type { Finding, Means } from "../plan.ts";
import { copyRepository } from "../staging.ts";

/**
 * Evaluates every host of the fleet in a copy of the repository that has the change, and holds the change to the rules
 * of the manifest. A host that fails fails the step, as does a broken rule that is not off; a host that could not be
 * judged through the embedded option surface is named, and passes.
 */
export async function evaluateHosts(
  context: Context,
  fleet: Fleet,
  changes: readonly Change[],
): Promise<Finding> {
  const copy = await copyRepository(context.root, context.signal);
  try {
    await applyChanges(copy, changes);
    const held = strictly(fleet);
    const rules = [...checkChange(held, changes), ...(await checkAlloyOptions(held, copy, context))];
    return finding(await gate(fleet, copy, context), rules);
  } finally {
    await rm(copy, { recursive: true, force: true });
  }
}

function finding({ hosts, nix, notes, summary }: GateReport, rules: readonly RuleReport[]): Finding {
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
      ...rules.map(
        ({ rule, diagnostics }) => `rule ${rule}: ${diagnostics.length === 0 ? "holds" : "broken"}`,
      ),
      ...notes,
    ],
    means,
    diagnostics: [...hosts, ...rules].flatMap(({ diagnostics }) => diagnostics),
  };
}

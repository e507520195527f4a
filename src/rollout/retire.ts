import { error, FleetError } from "../diagnostics/index.ts";
import { isGenerated } from "../generate/index.ts";
import type { Fleet } from "../manifest/index.ts";
import { applyChanges, MANIFEST, readText, type Change } from "../repository/index.ts";
import { withoutSources } from "./manifest-edit.ts";
import { retireMessage } from "./messages.ts";
import type { ChangeSet, RolloutTree } from "./work-tree.ts";

export interface Retirement extends ChangeSet {
  /** Of the commit; has the proof. */
  message: string;
}

/** Stands where the Promtail module was while it is proven that nobody uses it. */
const REFUSAL = 'throw "the Promtail module is to be removed, and this host still uses it"\n';

/**
 * Makes the change that removes the shared Promtail module, and proves that no host uses it: every host must evaluate
 * with a module in its place that refuses to be evaluated.
 *
 * @param checkout a checkout of HEAD, for the proof
 * @throws FleetError `rollout/module-in-use`, and what the gate finds.
 */
export async function retireModule({
  root,
  checkout,
  fleet,
  tree,
  gate,
}: {
  root: string;
  checkout: string;
  fleet: Fleet;
  tree: RolloutTree;
  gate: (root: string) => Promise<string>;
}): Promise<Retirement> {
  const users = fleet.hosts.filter(({ ship }) => ship === "promtail").map(({ name }) => name);
  if (users.length > 0) {
    const message = `${users.join(", ")} are to ship with Promtail`;
    throw new FleetError(
      error("rollout/module-in-use", message, { hint: "give them a wave: rollout.waves" }),
      1,
    );
  }
  const [module = ""] = fleet.hosts.flatMap(({ promtail }) => promtail ?? []);
  const removed = await tree.filesBelow(module);
  const before = (await readText(root, MANIFEST)) ?? "";
  const changes: Change[] = [{ path: MANIFEST, before, after: withoutSources(MANIFEST, before) }];
  for (const path of await tree.filesBelow(`${fleet.layout.modules}/alloy`)) {
    const text = await readText(root, path);
    if (text !== undefined && isGenerated(text))
      changes.push({ path, before: text, after: ownText(text, module) });
  }
  const refusals = removed
    .filter((path) => path.endsWith(".nix"))
    .map((path): Change => ({ path, before: undefined, after: REFUSAL }));
  await applyChanges(checkout, [...changes, ...refusals]);
  return { changes, removed, message: retireMessage(module, await gate(checkout)) };
}

/** A generated file whose source is gone is its own source from now on. */
function ownText(text: string, module: string): string {
  const sign = text.startsWith("//") ? "//" : "#";
  return text.replace(/^.*\n/, `${sign} Made by fleet from ${module}, which is gone: change this file.\n`);
}

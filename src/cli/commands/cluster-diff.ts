import { join, resolve } from "node:path";
import { z } from "zod";
import { compareObjects, filesSource, type ObjectChange, type ObjectSource } from "../../cluster/index.ts";
import { error, FleetError } from "../../diagnostics/index.ts";
import { renderCluster } from "../../generate/index.ts";
import { chooseCluster, type ChosenCluster } from "../cluster/choose.ts";
import type { Run } from "../command.ts";
import type { Io } from "../io.ts";

const Options = z.object({ against: z.string().optional() });

/** `fleet cluster diff`: how a cluster's objects differ from those that a source has; exit code 1 when they do. */
export const run: Run = async (invocation, io) => {
  const { against } = Options.parse(invocation.options);
  const chosen = await chooseCluster(invocation, io);
  const { objects } = renderCluster(chosen.cluster);
  const source = sourceOf(chosen, against, io);
  const changes = compareObjects(await source.read(objects), objects);
  const exitCode = changes.length === 0 ? 0 : 1;
  if (invocation.json) {
    io.json({ ok: exitCode === 0, cluster: chosen.cluster.name, against: source.name, changes });
    return exitCode;
  }
  for (const { diff } of changes) io.out(diff);
  io.log(changes.length === 0 ? `${source.name} is as it is to be` : `${source.name}: ${summary(changes)}`);
  return exitCode;
};

/** What `--against` names, else the files that `fleet generate` wrote. */
function sourceOf({ cluster, repository }: ChosenCluster, against: string | undefined, io: Io): ObjectSource {
  if (against !== undefined) return filesSource(resolve(io.cwd, against), against, { mayBeMissing: false });
  if (repository === undefined) {
    const hint = "name what to compare with: --against DIR";
    throw new FleetError(error("cli/usage", "there is no repository to compare with", { hint }));
  }
  const directory = `${repository.fleet.layout.clusters}/${cluster.name}`;
  return filesSource(join(repository.root, directory), directory, { mayBeMissing: true });
}

/** "1 object is new, 2 change". */
function summary(changes: readonly ObjectChange[]): string {
  const counts = (["new", "changed", "gone"] as const).flatMap((kind) => {
    const count = changes.filter(({ change }) => change === kind).length;
    return count === 0 ? [] : `${count} ${kind}`;
  });
  return counts.join(", ");
}

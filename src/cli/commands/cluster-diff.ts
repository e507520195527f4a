import { join, resolve } from "node:path";
import { z } from "zod";
import {
  compareObjects,
  filesSource,
  planApply,
  type ObjectChange,
  type ObjectSource,
} from "../../cluster/index.ts";
import { error, FleetError, hasErrors } from "../../diagnostics/index.ts";
import { renderCluster } from "../../generate/index.ts";
import { summary } from "../cluster/changes.ts";
import { chooseCluster, type ChosenCluster } from "../cluster/choose.ts";
import { connectAs } from "../cluster/connection.ts";
import type { Invocation, Run } from "../command.ts";
import type { Io } from "../io.ts";

const Options = z.object({ against: z.string().optional(), live: z.boolean().default(false) });

/** `fleet cluster diff`: how a cluster's objects differ from those that a source has; exit code 1 when they do. */
export const run: Run = async (invocation, io) => {
  const { against, live } = Options.parse(invocation.options);
  if (live && against !== undefined) {
    const hint = "leave one out";
    throw new FleetError(error("cli/usage", "--live and --against exclude each other", { hint }));
  }
  const chosen = await chooseCluster(invocation, io);
  const { name, changes } = live
    ? await liveChanges(chosen, invocation, io)
    : await fileChanges(chosen, sourceOf(chosen, against, io));
  const exitCode = changes.length === 0 ? 0 : 1;
  if (invocation.json) {
    io.json({ ok: exitCode === 0, cluster: chosen.cluster.name, against: name, changes });
    return exitCode;
  }
  for (const { diff } of changes) io.out(diff);
  io.log(changes.length === 0 ? `${name} is as it is to be` : `${name}: ${summary(changes)}`);
  return exitCode;
};

/** What is compared with, for a person, and how it differs. */
interface Comparison {
  name: string;
  changes: readonly ObjectChange[];
}

async function liveChanges({ cluster }: ChosenCluster, invocation: Invocation, io: Io): Promise<Comparison> {
  const { client, server } = await connectAs(invocation, io);
  const { changes, diagnostics } = await planApply(client, cluster, renderCluster(cluster).objects);
  if (hasErrors(diagnostics)) throw new FleetError(diagnostics);
  return { name: server, changes };
}

async function fileChanges({ cluster }: ChosenCluster, source: ObjectSource): Promise<Comparison> {
  const { objects } = renderCluster(cluster);
  return { name: source.name, changes: compareObjects(await source.read(objects), objects) };
}

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

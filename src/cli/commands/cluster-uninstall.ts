import { z } from "zod";
import { uninstall } from "../../cluster/index.ts";
import { diagnosticJson } from "../../diagnostics/index.ts";
import { chooseCluster } from "../cluster/choose.ts";
import { connectAs } from "../cluster/connection.ts";
import { seconds } from "../duration.ts";
import type { Run } from "../command.ts";
import { readOptions } from "../read-options.ts";

const Options = z.object({ timeout: seconds.default(180) });

/** `fleet cluster uninstall`: deletes all that fleet applied for a cluster, and waits until it is gone. */
export const run: Run = async (invocation, io) => {
  const { timeout } = readOptions(Options, invocation.options, "cluster uninstall");
  const { cluster } = await chooseCluster(invocation, io);
  const { client } = await connectAs(invocation, io);
  const { removed, diagnostics } = await uninstall(client, cluster, {
    log: (line) => io.log(line),
    timeout: timeout * 1000,
    signal: io.signal,
  });
  if (invocation.json) {
    io.json({ ok: true, cluster: cluster.name, removed, diagnostics: diagnostics.map(diagnosticJson) });
    return 0;
  }
  io.report(diagnostics);
  io.log(removed.length === 0 ? `nothing of ${cluster.name} is there` : `${removed.length} objects are gone`);
  return 0;
};

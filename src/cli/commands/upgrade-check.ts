import { z } from "zod";
import { findRoot } from "../../repository/index.ts";
import type { Run } from "../command.ts";
import { withTree } from "../gate/tree.ts";
import { printUpgrade } from "../gate/upgrade.ts";

const Options = z.object({ cold: z.boolean().default(false) });
const Arguments = z.tuple([z.string(), z.string()]);

/** `fleet upgrade-check HOST CHANNEL`: what another channel would change for a host; exit code 1 when it would break. */
export const run: Run = async (invocation, io) => {
  const { cold } = Options.parse(invocation.options);
  const [host, against] = Arguments.parse(invocation.arguments);
  const root = await findRoot({ repo: invocation.repo, cwd: io.cwd });
  return withTree(root, { staged: false, io }, (tree) =>
    printUpgrade(tree, { against, hosts: [host], json: invocation.json, cold }, io),
  );
};

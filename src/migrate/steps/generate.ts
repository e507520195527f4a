import type { Fleet, Host } from "../../manifest/index.ts";
import type { Change } from "../../repository/index.ts";
import type { Context } from "../context.ts";
import { prepareGeneration, type PipelineSource } from "../generation.ts";
import type { Finding } from "../plan.ts";

export interface GenerateFinding extends Finding {
  /** The text of config.alloy. */
  configuration: string;
  changes: readonly Change[];
}

/** Makes the shared Alloy module and the canary's import of it, in memory. */
export async function generateChange(
  { root }: Context,
  fleet: Fleet,
  canary: Host,
  source: PipelineSource,
): Promise<GenerateFinding> {
  const { configuration, changes, diagnostics } = await prepareGeneration(root, fleet, [canary], source);
  const paths = changes.map(({ path, before }) => `${before === undefined ? "add" : "edit"} ${path}`);
  return {
    configuration,
    changes,
    diagnostics,
    summary: paths.length === 0 ? "the tree has it all already" : paths.join(", "),
    means: [],
  };
}

import type { Fleet, Host } from "../../manifest/index.ts";
import type { Through } from "../../nix/index.ts";
import type { Context } from "../context.ts";
import { readPipeline, type PipelineSource } from "../generation.ts";
import type { Finding, Means } from "../plan.ts";

export interface RenderFinding extends Finding {
  source: PipelineSource;
}

/** Evaluates the Promtail module whose pipeline the canary takes over, and reads what comes of it. */
export async function renderConfiguration(
  context: Context,
  fleet: Fleet,
  canary: Host,
): Promise<RenderFinding> {
  const source = await readPipeline(context, fleet, [canary]);
  const stages = source.promtail.jobs.reduce((sum, job) => sum + job.stages.length, 0);
  const jobs = source.promtail.jobs.map(({ config }) => config.job_name).join(", ");
  return {
    source,
    summary: `${source.module}: job ${jobs} with ${stages} stages, rendered to YAML`,
    means: meansOf(source.through),
    diagnostics: source.diagnostics,
  };
}

/** Nix is real in any case; the options are those of a nixpkgs, or embedded. */
function meansOf({ kind, nix, release, nixpkgs }: Through): Means[] {
  return [
    { real: true, name: `nix ${nix}` },
    kind === "nixpkgs"
      ? { real: true, name: `nixpkgs ${nixpkgs ?? ""} (${release})` }
      : { real: false, name: `option surface of NixOS ${release}` },
  ];
}

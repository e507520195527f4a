import { ALLOY_VERSION, check, parse } from "../../alloy/index.ts";
import type { Diagnostic } from "../../diagnostics/index.ts";
import type { RenderedCluster } from "../../generate/index.ts";
import { templateError } from "../../pipeline/index.ts";

/** What `fleet validate` says of a rendered configuration, for the Alloy that the cluster runs. */
export function validateConfig({ cluster, config }: RenderedCluster): Diagnostic[] {
  const { file, diagnostics } = parse(`config.alloy of ${cluster.name}`, config);
  if (diagnostics.length > 0) return diagnostics;
  return check(file, { alloyVersion: cluster.version ?? ALLOY_VERSION, templateError });
}

import { discoveryComponents } from "./discovery.ts";
import { lokiComponents } from "./loki.ts";
import { prometheusComponents } from "./prometheus.ts";
import { sourceComponents } from "./sources.ts";
import type { ComponentSpec } from "./spec.ts";

export { foreachBlock, importBlocks, moduleBlocks, singletonBlocks } from "./config-blocks.ts";
export { otherComponents } from "./names.ts";
export type {
  ArgumentSpec,
  BlockSpec,
  ChildSpec,
  ComponentSpec,
  Format,
  StringType,
  ValueType,
} from "./spec.ts";

/**
 * The components that are known with all their arguments, blocks and exports: one table for the checker, for
 * generators, for completion and for documentation. Types, defaults and what is required follow the decoding
 * rules of Alloy 1.18, which its documentation does not always match.
 */
export const components: Readonly<Record<string, ComponentSpec>> = {
  ...lokiComponents,
  ...discoveryComponents,
  ...sourceComponents,
  ...prometheusComponents,
};

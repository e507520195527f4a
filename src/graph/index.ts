export { countEntries, type Counts } from "./counts.ts";
export { graphOf, type Graph } from "./model.ts";
export { renderSvg, type SvgOptions } from "./svg.ts";

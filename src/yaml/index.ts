export { readYaml, type Path, type PlacedYaml } from "./document.ts";
export { issueDiagnostics } from "./issues.ts";
export type { Vocabulary } from "./vocabulary.ts";

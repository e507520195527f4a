export { generateNixos, type Generated, type NixosInputs } from "./generate.ts";
export { findImports, type ImportsList } from "./nixos/imports.ts";
export type { HostFile } from "./nixos/host.ts";
export { isGenerated } from "./nixos/module.ts";

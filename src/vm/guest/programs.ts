import type { Shipper } from "../scenario/index.ts";
import type { RenderedSystem, RenderedUnit } from "./system.ts";

/** What stands in the guest for a program that a unit names in the Nix store. */
export interface StoreProgram {
  /** `/nix/store/HASH-grafana-alloy/bin/alloy` */
  path: string;
  /** The command in the guest that is run instead: `/opt/fleet/bin/fleet ship`. */
  command: string;
}

/** The command in the guest that each shipper is, to be followed by the unit's own arguments. */
export type ShipperCommands = Readonly<Partial<Record<Shipper, string>>>;

const PROGRAM = /\/nix\/store\/[a-z0-9]{32}-[^\s/"]+\/bin\/([^\s/"]+)/g;

/**
 * The programs that a system's units name in the Nix store, and what takes their place: the shippers of the guest,
 * and for all else the guest's own program of the same name.
 */
export function storePrograms({ units }: RenderedSystem, shippers: ShipperCommands): StoreProgram[] {
  const programs = units.flatMap(programsOf).map(({ path, name }): StoreProgram => ({
    path,
    command: isShipper(name, shippers) ? (shippers[name] ?? "") : `/usr/bin/${name}`,
  }));
  return [...new Map(programs.map((program) => [program.path, program])).values()];
}

function programsOf({ text }: RenderedUnit): { path: string; name: string }[] {
  return [...text.matchAll(PROGRAM)].map(([path, name = ""]) => ({ path, name }));
}

function isShipper(name: string, shippers: ShipperCommands): name is Shipper {
  return name in shippers;
}

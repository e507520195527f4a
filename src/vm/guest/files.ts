import { PASSWORDS, type Front } from "./front.ts";
import { storePrograms, type ShipperCommands } from "./programs.ts";
import type { GuestSecrets } from "./secrets.ts";
import type { RenderedSecret, RenderedSystem } from "./system.ts";

/** A file of the guest. */
export interface GuestFile {
  path: string;
  content: string;
  /** Octal; owned by root. */
  mode: string;
}

export interface GuestParts {
  system: RenderedSystem;
  secrets: GuestSecrets;
  front: Front;
  shippers: ShipperCommands;
}

/** Where decrypted secrets outlive a reboot, for what stands in for sops-nix's activation. */
const VAULT = "/var/lib/fleet-secrets";
export const TMPFILES = "/etc/tmpfiles.d/fleet-secrets.conf";

/**
 * The files that make a Debian guest the host's machine as far as shipping its journal goes: the units to the letter,
 * what they name in the Nix store, the secrets and Loki's front.
 */
export function guestFiles({ system, secrets, front, shippers }: GuestParts): GuestFile[] {
  return [
    ...system.units.map(({ name, text }) => plain(`/etc/systemd/system/${name}`, text)),
    ...system.files.map(({ path, text }) => plain(path, text)),
    ...storePrograms(system, shippers).map(({ path, command }) => ({
      path,
      content: launcher(command, front),
      mode: "0755",
    })),
    ...system.secrets.map(({ name }) => ({
      path: `${VAULT}/${name}`,
      content: secrets.contents.get(name) ?? "",
      mode: "0600",
    })),
    plain(TMPFILES, tmpfiles(system.secrets)),
    plain("/etc/nginx/conf.d/fleet-loki.conf", front.nginx),
    ...(front.passwords === undefined ? [] : [plain(PASSWORDS, front.passwords)]),
    ...(front.address === undefined
      ? []
      : [plain("/etc/systemd/system/nginx.service.d/address.conf", withAddress(front.address))]),
  ];
}

function plain(path: string, content: string): GuestFile {
  return { path, content, mode: "0644" };
}

function launcher(command: string, { certificate }: Front): string {
  // Programs in Go read the system's certificates; node is told of the one that it has to trust.
  const trust = certificate === undefined ? "" : `export NODE_EXTRA_CA_CERTS=${certificate.path}\n`;
  return `#!/bin/sh\n${trust}exec ${command} "$@"\n`;
}

/** As sops-nix does it at activation: on each boot, before any service starts, the secrets are put into /run. */
function tmpfiles(secrets: readonly RenderedSecret[]): string {
  const lines = secrets.flatMap(({ name, path, mode, owner, group }) => [
    `C ${path} - - - - ${VAULT}/${name}`,
    `z ${path} ${mode} ${owner} ${group}`,
  ]);
  return ["d /run/secrets 0751 root root", ...lines, ""].join("\n");
}

function withAddress(address: string): string {
  return `[Service]\nExecStartPre=/sbin/ip address replace ${address} dev lo\n`;
}

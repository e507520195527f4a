import type { Machine } from "../machine.ts";
import { guestFiles, TMPFILES, type GuestParts } from "./files.ts";
import type { Front } from "./front.ts";
import type { RenderedSystem } from "./system.ts";

/** Units of the guest's own that a host's shippers need. */
const OWN_UNITS = ["loki.service", "nginx.service"];

/**
 * Makes a started guest the host's machine: puts the files into it, then starts Loki, its front and the shippers, now
 * and on each boot.
 */
export async function installGuest(machine: Machine, parts: GuestParts): Promise<void> {
  for (const { path, content, mode } of guestFiles(parts)) await machine.copyTo({ content }, path, mode);
  await machine.succeed(preparation(parts));
  for (const unit of OWN_UNITS) await machine.waitForUnit(unit, { timeout: 180_000 });
  const units = parts.system.units.map(({ name }) => name);
  await machine.succeed(`systemctl start ${units.join(" ")}`);
  for (const unit of units) await machine.waitForUnit(unit, { timeout: 180_000 });
}

/** The script that is run once the files are there. */
export function preparation({ system, front }: Pick<GuestParts, "system" | "front">): string {
  const { hostName, units } = system;
  return [
    "set -e",
    `echo ${hostName} >/etc/hostname && hostname ${hostName}`,
    ...accountsOf(system).map(
      (name) => `id ${name} >/dev/null 2>&1 || useradd --system --user-group --no-create-home ${name}`,
    ),
    `systemd-tmpfiles --create ${TMPFILES}`,
    ...certify(front),
    ...(front.hosts === undefined ? [] : [`printf '%s' '${front.hosts}' >>/etc/hosts`]),
    "systemctl daemon-reload",
    ...units.flatMap(({ name, wantedBy }) =>
      wantedBy.map((target) => `systemctl --quiet add-wants ${target} ${name}`),
    ),
    `systemctl --quiet add-wants multi-user.target ${OWN_UNITS.join(" ")}`,
    `systemctl restart ${OWN_UNITS.join(" ")}`,
    "",
  ].join("\n");
}

/** The accounts that units run under and that NixOS would have made: those of no DynamicUser. */
function accountsOf({ units }: RenderedSystem): string[] {
  return units
    .filter(({ text }) => !/^DynamicUser=(true|yes|1)$/m.test(text))
    .flatMap(({ text }) => /^User=(.+)$/m.exec(text)?.[1] ?? []);
}

/** A certificate of the guest's own, which its programs trust. */
function certify({ certificate }: Front): string[] {
  if (certificate === undefined) return [];
  const { subject, path, key } = certificate;
  return [
    `openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 30 -subj /CN=fleet-loki ` +
      `-addext subjectAltName=${subject} -keyout ${key} -out ${path} 2>/dev/null`,
    `cat ${path} >>/etc/ssl/certs/ca-certificates.crt`,
  ];
}

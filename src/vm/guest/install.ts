import { error, FleetError } from "../../diagnostics/index.ts";
import type { Machine } from "../machine.ts";
import { guestFiles, TMPFILES, type GuestParts } from "./files.ts";
import type { Front } from "./front.ts";
import type { RenderedSystem } from "./system.ts";

/** Units of the guest's own that a host's shippers need. */
const OWN_UNITS = ["loki.service", "nginx.service"];

/** Milliseconds for what takes long on a busy machine under software emulation. */
const LONG = 240_000;

/** Where all files come in at once: each of its own would take seconds under software emulation. */
const BUNDLE = "/run/fleet-files.json";

/**
 * Makes a started guest the host's machine: puts the files into it, then starts Loki, its front and the shippers, now
 * and on each boot.
 */
export async function installGuest(machine: Machine, parts: GuestParts): Promise<void> {
  const files = guestFiles(parts).map(({ path, content, mode }) => ({
    path,
    mode,
    content: Buffer.from(content).toString("base64"),
  }));
  await machine.copyTo({ content: JSON.stringify(files) }, BUNDLE, "0600");
  const { status, stderr } = await machine.execute(preparation(parts), { timeout: LONG });
  if (status !== 0) {
    const said = stderr.trim() === "" ? `code ${status}` : stderr.trim();
    throw new FleetError(error("guest/not-installed", `the guest could not be made the host: ${said}`));
  }
  const units = [...OWN_UNITS, ...parts.system.units.map(({ name }) => name)];
  await machine.succeed(`systemctl start --no-block ${units.join(" ")}`);
  for (const unit of units) await machine.waitForUnit(unit, { timeout: LONG });
}

/** The script that puts the files into their places, and makes what else the units need. */
export function preparation({ system, front }: Pick<GuestParts, "system" | "front">): string {
  const { hostName, units } = system;
  return [
    "set -e",
    `jq --raw-output '.[] | [.path, .mode, .content] | @tsv' ${BUNDLE} | while IFS=$'\\t' read -r path mode content; do`,
    '  mkdir -p "$(dirname "$path")"',
    '  (umask 077 && base64 --decode <<<"$content" >"$path")',
    '  chmod "$mode" "$path"',
    "done",
    `rm ${BUNDLE}`,
    `echo ${hostName} >/etc/hostname && hostname ${hostName}`,
    ...accountsOf(system).map(
      (name) => `id ${name} >/dev/null 2>&1 || useradd --system --user-group --no-create-home ${name}`,
    ),
    `systemd-tmpfiles --create ${TMPFILES}`,
    ...certify(front),
    ...(front.hosts === undefined ? [] : [`echo '${front.hosts}' >>/etc/hosts`]),
    "systemctl daemon-reload",
    ...units.flatMap(({ name, wantedBy }) =>
      wantedBy.map((target) => `systemctl --quiet add-wants ${target} ${name}`),
    ),
    `systemctl --quiet add-wants multi-user.target ${OWN_UNITS.join(" ")}`,
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

import type { Fields } from "./model.ts";

/** The identifier that marked lines are logged under. */
export const IDENTIFIER = "fleet-verify";

/** Journal entries of each kind that pipelines treat differently. */
export interface Probes {
  service: Fields;
  kernel: Fields;
  audit: Fields;
  session: Fields;
  coredump: Fields;
}

/** Values of a core dump that turn up nowhere else, so that they can be found again in what is made of them. */
export const CRASH = {
  exe: "/fleet/exe-7f3a",
  uid: "64001",
  gid: "64002",
  command: "exe-7f3a --command-9c1d",
  unit: "unit-5b2e.service",
} as const;

/** The unit of a login, with a number of its own. */
export const SESSION = "session-64003.scope";

/** What systemd-coredump itself says of a core dump: https://github.com/systemd/systemd/blob/main/src/coredump */
const DUMPED = `Process 64004 (exe-7f3a) of user ${CRASH.uid} dumped core.`;

/** Entries of a host as its journal holds them. */
export function probesOf(host: string): Probes {
  const line = (fields: Fields): Fields => ({ _HOSTNAME: host, PRIORITY: "6", ...fields });
  return {
    service: line({
      MESSAGE: "a line of a service",
      _TRANSPORT: "stdout",
      _SYSTEMD_UNIT: "fleet-probe.service",
      SYSLOG_IDENTIFIER: "fleet-probe",
    }),
    kernel: line({ MESSAGE: "a line of the kernel", _TRANSPORT: "kernel", SYSLOG_IDENTIFIER: "kernel" }),
    audit: line({ MESSAGE: "SERVICE_START pid=1", _TRANSPORT: "audit", SYSLOG_IDENTIFIER: "audit" }),
    session: markedLine(host, "a line of a login"),
    coredump: line({
      MESSAGE: DUMPED,
      _TRANSPORT: "journal",
      _SYSTEMD_UNIT: "systemd-coredump@0-64004-0.service",
      SYSLOG_IDENTIFIER: "systemd-coredump",
      PRIORITY: "2",
      COREDUMP_EXE: CRASH.exe,
      COREDUMP_UID: CRASH.uid,
      COREDUMP_GID: CRASH.gid,
      COREDUMP_CMDLINE: CRASH.command,
      COREDUMP_CGROUP: `/system.slice/${CRASH.unit}`,
    }),
  };
}

/** A line that somebody who is logged in writes by systemd-cat. */
export function markedLine(host: string, message: string): Fields {
  return {
    MESSAGE: message,
    _HOSTNAME: host,
    _TRANSPORT: "stdout",
    _SYSTEMD_UNIT: SESSION,
    SYSLOG_IDENTIFIER: IDENTIFIER,
    PRIORITY: "6",
  };
}

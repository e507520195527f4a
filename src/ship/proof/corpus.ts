import type { RawEntry } from "../journal/entry.ts";

type Fields = Readonly<Record<string, string | number[]>>;

/** A line that a service wrote to standard output or error. */
function service(unit: string, identifier: string, message: string | number[], more: Fields = {}): Fields {
  return {
    MESSAGE: message,
    _TRANSPORT: "stdout",
    _SYSTEMD_UNIT: unit,
    SYSLOG_IDENTIFIER: identifier,
    PRIORITY: "6",
    _UID: "0",
    _GID: "0",
    _COMM: identifier,
    ...more,
  };
}

/** A line that a program sent by syslog. */
function syslog(unit: string, identifier: string, message: string, more: Fields = {}): Fields {
  return service(unit, identifier, message, { _TRANSPORT: "syslog", SYSLOG_FACILITY: "10", ...more });
}

/** A kernel line: it belongs to no unit. */
function kernel(message: string, priority = "6"): Fields {
  return {
    MESSAGE: message,
    _TRANSPORT: "kernel",
    SYSLOG_IDENTIFIER: "kernel",
    SYSLOG_FACILITY: "0",
    PRIORITY: priority,
  };
}

/** An audit record: like a kernel line it belongs to no unit. */
function audit(type: string, name: string, message: string): Fields {
  return {
    MESSAGE: message,
    _TRANSPORT: "audit",
    _AUDIT_TYPE: type,
    _AUDIT_TYPE_NAME: name,
    SYSLOG_IDENTIFIER: "audit",
  };
}

/** A line of systemd itself about one of its units. */
function systemd(message: string, about: string): Fields {
  return {
    MESSAGE: message,
    _TRANSPORT: "journal",
    _SYSTEMD_UNIT: "init.scope",
    UNIT: about,
    SYSLOG_IDENTIFIER: "systemd",
    PRIORITY: "6",
    _PID: "1",
  };
}

/** A core dump, as systemd-coredump logs it: the unit that crashed is in its control group. */
function coredump(crash: {
  pid: string;
  exe: string;
  command: string;
  uid: string;
  gid: string;
  cgroup: string;
}): Fields {
  const name = crash.exe.split("/").at(-1) ?? "";
  return {
    MESSAGE: `Process ${crash.pid} (${name}) of user ${crash.uid} dumped core.\n\nStack trace of thread ${crash.pid}:\n#0  0x00007f2d4c0a1e5c abort (libc.so.6 + 0x29e5c)`,
    MESSAGE_ID: "fc2e22bc6ee647b6b90729ab34a250b1",
    _TRANSPORT: "journal",
    _SYSTEMD_UNIT: `systemd-coredump@0-${crash.pid}-0.service`,
    SYSLOG_IDENTIFIER: "systemd-coredump",
    PRIORITY: "2",
    COREDUMP_PID: crash.pid,
    COREDUMP_SIGNAL: "6",
    COREDUMP_SIGNAL_NAME: "SIGABRT",
    COREDUMP_EXE: crash.exe,
    COREDUMP_CMDLINE: crash.command,
    COREDUMP_UID: crash.uid,
    COREDUMP_GID: crash.gid,
    COREDUMP_CGROUP: crash.cgroup,
    // Binary, as it is on a real machine.
    COREDUMP_PROC_AUXV: [33, 0, 0, 0, 0, 0, 0, 0, 0, 208, 127, 255, 252, 127, 0, 0],
  };
}

/**
 * What the journals of such fleets hold: plain lines of services, entries without a unit, logins, core dumps,
 * the noise that pipelines drop, its harmless look-alikes that must stay, and texts that are hard to carry.
 */
const ENTRIES: readonly Fields[] = [
  systemd("Starting Nginx Web Server...", "nginx.service"),
  systemd("Started Nginx Web Server.", "nginx.service"),
  service("nginx.service", "nginx", '192.0.2.7 - - "GET /index.html HTTP/2.0" 200 612 "-" "curl/8.5.0"'),
  service("nginx.service", "nginx", '192.0.2.8 - - "POST /api/login HTTP/1.1" 500 17 "-" "Mozilla/5.0"', {
    PRIORITY: "3",
  }),
  service(
    "sshd.service",
    "sshd",
    "Accepted publickey for alice from 192.0.2.10 port 50022 ssh2: ED25519 SHA256:abcdef",
  ),
  service(
    "sshd.service",
    "sshd",
    "Failed password for invalid user admin from 198.51.100.23 port 40112 ssh2",
    { PRIORITY: "5" },
  ),
  kernel("usb 1-1: new high-speed USB device number 4 using xhci_hcd"),
  kernel("EXT4-fs (sda1): re-mounted r/w. Quota mode: none.", "5"),
  audit(
    "1112",
    "USER_LOGIN",
    "USER_LOGIN pid=812 uid=0 auid=1000 ses=12 msg='op=login acct=\"alice\" res=success'",
  ),
  audit("1400", "AVC", 'AVC apparmor="DENIED" operation="open" profile="cupsd" name="/etc/hosts"'),

  // Logins: each has a session of its own number.
  syslog(
    "session-12.scope",
    "sshd",
    "pam_unix(sshd:session): session opened for user alice(uid=1000) by (uid=0)",
  ),
  syslog(
    "session-12.scope",
    "sudo",
    "alice : TTY=pts/0 ; PWD=/home/alice ; USER=root ; COMMAND=/run/current-system/sw/bin/nixos-rebuild switch",
  ),
  syslog("session-7.scope", "sshd", "pam_unix(sshd:session): session closed for user bob"),
  syslog("session-c1.scope", "greetd", "a session of the display manager has a letter in its number"),
  service("user@1000.service", "podman", "pulling image", { _SYSTEMD_USER_UNIT: "podman-auto.service" }),

  // Core dumps of a service, of a user's program and of one that was started from a session.
  coredump({
    pid: "4711",
    exe: "/nix/store/abc-imgd-2.1/bin/imgd",
    command: "imgd --listen 127.0.0.1:8080",
    uid: "990",
    gid: "989",
    cgroup: "/system.slice/imgd.service",
  }),
  coredump({
    pid: "4712",
    exe: "/usr/bin/thumbnailer",
    command: 'thumbnailer "holiday photos/übersicht.jpg"',
    uid: "1000",
    gid: "100",
    cgroup: "/user.slice/user-1000.slice/user@1000.service/app.slice/gvfs-daemon.service",
  }),
  coredump({
    pid: "4713",
    exe: "/bin/bash",
    command: "bash -c kill -SEGV $$",
    uid: "1001",
    gid: "1001",
    cgroup: "/user.slice/user-1001.slice/session-9.scope",
  }),

  // Noise that pipelines drop, each with a look-alike that must stay.
  kernel(
    "refused connection: IN=eth0 OUT= MAC=52:54:00:12:34:56 SRC=203.0.113.5 DST=192.0.2.1 LEN=40 TTL=244 PROTO=TCP SPT=43210 DPT=23 SYN",
  ),
  kernel(
    "refused connection: IN=eth0 OUT= MAC= SRC=2001:db8::5 DST=2001:db8::1 LEN=60 PROTO=UDP SPT=5353 DPT=5353",
  ),
  service("gateway.service", "gateway", 'rule 3 logs as "refused connection: IN=" from now on'),
  kernel("DROP: IN=eth0 OUT= SRC=203.0.113.9 DST=192.0.2.1 PROTO=TCP DPT=445"),
  kernel("martian source 192.0.2.1 from 127.0.0.1, on dev eth0", "4"),
  service("avahi-daemon.service", "avahi-daemon", "Invalid response packet from host 192.0.2.77."),
  service("avahi-daemon.service", "avahi-daemon", "Server startup complete. Host name is nas.local."),
  syslog("postfix.service", "postfix/smtpd", "lost connection after AUTH from unknown[198.51.100.7]", {
    SYSLOG_FACILITY: "2",
  }),
  syslog(
    "postfix.service",
    "postfix/smtpd",
    "lost connection after STARTTLS from scanner.example[198.51.100.8]",
    { SYSLOG_FACILITY: "2" },
  ),
  syslog(
    "postfix.service",
    "postfix/smtpd",
    "lost connection after DATA (1024 bytes) from mail.example.org[203.0.113.25]",
    { SYSLOG_FACILITY: "2" },
  ),
  syslog("postfix.service", "postfix/smtpd", "connect from mail.example.org[203.0.113.25]", {
    SYSLOG_FACILITY: "2",
  }),
  service(
    "dbus.service",
    "dbus-daemon",
    '[system] Rejected send message, 1 matched rules; type="method_call", sender=":1.42"',
    { PRIORITY: "4" },
  ),
  service(
    "dbus.service",
    "dbus-daemon",
    "[system] Successfully activated service 'org.freedesktop.hostname1'",
  ),
  service("broker.service", "broker", "Rejected send message of client 7: queue is full"),
  service("wpa_supplicant.service", "wpa_supplicant", "wlan0: CTRL-EVENT-BEACON-LOSS"),
  service(
    "wpa_supplicant.service",
    "wpa_supplicant",
    "wlan0: CTRL-EVENT-SIGNAL-CHANGE above=1 signal=-55 noise=9999 txrate=866700",
  ),
  service(
    "wpa_supplicant.service",
    "wpa_supplicant",
    "wlan0: CTRL-EVENT-CONNECTED - Connection to 52:54:00:12:34:56 completed",
  ),
  service(
    "systemd-resolved.service",
    "systemd-resolved",
    "Using degraded feature set UDP instead of UDP+EDNS0 for DNS server 192.0.2.53.",
  ),
  service(
    "systemd-networkd.service",
    "systemd-networkd",
    "eth0: DHCPv4 address 192.0.2.1/24, gateway 192.0.2.254 acquired",
  ),
  service("cron.service", "CRON", "(root) CMD (run-parts /etc/cron.hourly)"),

  // Texts that are hard to carry.
  service(
    "app.service",
    "app",
    'Traceback (most recent call last):\n  File "app.py", line 7, in <module>\n\tmain()\nValueError: bad input\n',
  ),
  service(
    "app.service",
    "app",
    'Grüße aus Köln – naïve ☕ 日本語 🚀 "quoted" back\\slash <html>&amp; {{.msg}} $1',
  ),
  service(
    "app.service",
    "app",
    '{"level":"warn","msg":"disk nearly full","disk":{"name":"sda1","used":0.93}}',
  ),
  service("app.service", "app", [...Buffer.from("\u001b[32minfo\u001b[0m colours make a field binary")]),
  service("app.service", "app", [
    ...Buffer.from("bytes "),
    0xff,
    0xfe,
    ...Buffer.from(" that are not UTF-8"),
  ]),
  service("app.service", "app", `a long line ${"0123456789abcdef".repeat(600)}`),
  service("dup.service", "dup", "first of two in one microsecond"),
  service("dup.service", "dup", "second of two in one microsecond"),
];

/** The two last entries share their time. */
const SHARED = ENTRIES.length - 1;

/**
 * The built-in journal entries of a host, the newest a minute before `now` (microseconds since 1970) and the
 * oldest about a quarter of an hour before that, so that no max_age keeps any of them out.
 */
export function corpus(host: string, now: bigint): RawEntry[] {
  const step = 20_000_000n;
  const newest = now - 60_000_000n;
  return ENTRIES.map((fields, index) => {
    const before = BigInt(SHARED - Math.min(index + 1, SHARED)) * step;
    return {
      __REALTIME_TIMESTAMP: String(newest - before),
      __MONOTONIC_TIMESTAMP: String(3_600_000_000n - before),
      _BOOT_ID: "6a1f0f3c2b7d4e5f8a9b0c1d2e3f4a5b",
      _MACHINE_ID: "0123456789abcdef0123456789abcdef",
      _HOSTNAME: host,
      _PID: String(1000 + index),
      ...fields,
    };
  });
}

import { spawn } from "node:child_process";
import { once } from "node:events";
import { createWriteStream, existsSync } from "node:fs";
import { mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { exportFormat } from "../../../src/ship/journal/export-format.ts";
import type { RawEntry } from "../../../src/ship/journal/entry.ts";

type Fields = Readonly<Record<string, string | number[]>>;

/** One kind of line, and how many of a thousand are of it. */
interface Kind {
  weight: number;
  fields: (random: (below: number) => number) => Fields;
}

const hex = (random: (below: number) => number, digits: number): string =>
  Array.from({ length: digits }, () => random(16).toString(16)).join("");

/** What journald itself adds to a line of a service: about half of each entry. */
function service(name: string, pid: number, transport = "stdout"): Fields {
  return {
    _TRANSPORT: transport,
    PRIORITY: "6",
    SYSLOG_FACILITY: "3",
    SYSLOG_IDENTIFIER: name,
    _PID: String(pid),
    _UID: "0",
    _GID: "0",
    _COMM: name,
    _EXE: `/nix/store/3x2lbbzyjhnl8n5n1zw0xqkqzvbq2i9d-${name}-1.2.3/bin/${name}`,
    _CMDLINE: `/nix/store/3x2lbbzyjhnl8n5n1zw0xqkqzvbq2i9d-${name}-1.2.3/bin/${name} --config /etc/${name}.conf`,
    _CAP_EFFECTIVE: "1ffffffffff",
    _SYSTEMD_CGROUP: `/system.slice/${name}.service`,
    _SYSTEMD_UNIT: `${name}.service`,
    _SYSTEMD_SLICE: "system.slice",
    _SYSTEMD_INVOCATION_ID: "f2b6d0c8f6c54ab0a7f4c3f0c9f0c3de",
  };
}

function kernel(message: string): Fields {
  return {
    _TRANSPORT: "kernel",
    PRIORITY: "4",
    SYSLOG_FACILITY: "0",
    SYSLOG_IDENTIFIER: "kernel",
    MESSAGE: message,
  };
}

/** The lines of a small fleet's server: mostly services, some noise that the flagship pipeline drops, a rare crash. */
const KINDS: readonly Kind[] = [
  {
    weight: 520,
    fields: (random) => ({
      ...service("nginx", 900 + random(4)),
      MESSAGE: `192.0.2.${random(250)} - - "GET /api/items/${random(100_000)}?page=${random(9)} HTTP/2.0" 200 ${random(90_000)} "-" "Mozilla/5.0 (X11; Linux x86_64)"`,
    }),
  },
  {
    weight: 180,
    fields: (random) => ({
      ...service(["postgres", "gitea", "prometheus", "redis", "imgd"][random(5)] ?? "", 1200 + random(40)),
      MESSAGE: `level=info ts=2026-11-22T0${random(10)}:00:00.${random(999)}Z msg="request done" id=${hex(random, 16)} took=${random(900)}ms`,
    }),
  },
  {
    weight: 60,
    fields: (random) => ({
      ...service("sshd", 20_000 + random(9000), "syslog"),
      _SYSTEMD_UNIT: `session-${random(400)}.scope`,
      _SYSTEMD_CGROUP: `/user.slice/user-1000.slice/session-${random(400)}.scope`,
      _SYSTEMD_OWNER_UID: "1000",
      _AUDIT_SESSION: String(random(400)),
      MESSAGE: `pam_unix(sshd:session): session opened for user alice(uid=1000) by (uid=0)`,
    }),
  },
  {
    weight: 100,
    fields: (random) =>
      kernel(
        `refused connection: IN=eth0 OUT= MAC=52:54:00:12:34:56 SRC=203.0.113.${random(250)} DST=192.0.2.1 LEN=40 TTL=244 ID=${random(65_000)} PROTO=TCP SPT=${random(65_000)} DPT=${random(9000)} SYN`,
      ),
  },
  {
    weight: 30,
    fields: (random) => kernel(`usb 1-${random(8)}: new high-speed USB device number ${random(90)}`),
  },
  {
    weight: 40,
    fields: (random) => ({
      ...service("avahi-daemon", 801),
      MESSAGE: `Invalid response packet from host 192.0.2.${random(250)}.`,
    }),
  },
  {
    weight: 40,
    fields: (random) => ({
      ...service("dbus", 640),
      MESSAGE:
        random(4) === 0
          ? `[system] Rejected send message, 1 matched rules; type="method_call", sender=":1.${random(900)}"`
          : `[system] Successfully activated service 'org.freedesktop.hostname${random(9)}'`,
    }),
  },
  {
    weight: 20,
    fields: (random) => ({
      ...service("app", 3000),
      PRIORITY: "3",
      MESSAGE: `Traceback (most recent call last):\n  File "app.py", line ${random(900)}, in <module>\n\tmain()\nValueError: "Köln" ☕ is no number`,
    }),
  },
  {
    weight: 8,
    fields: (random) => ({
      ...service("app", 3000),
      // journalctl prints a line with control characters as an array of bytes.
      MESSAGE: [...Buffer.from(`\u001b[32minfo\u001b[0m job ${random(9000)} done`)],
    }),
  },
  {
    weight: 2,
    fields: (random) => ({
      ...service("systemd-coredump", 50_000 + random(9000), "journal"),
      PRIORITY: "2",
      MESSAGE_ID: "fc2e22bc6ee647b6b90729ab34a250b1",
      MESSAGE: `Process 4711 (imgd) of user 990 dumped core.\n\nStack trace of thread 4711:\n#0  0x00007f${hex(random, 10)} abort (libc.so.6 + 0x29e5c)`,
      COREDUMP_EXE: "/nix/store/abc-imgd-2.1/bin/imgd",
      COREDUMP_CMDLINE: "imgd --listen 127.0.0.1:8080",
      COREDUMP_UID: "990",
      COREDUMP_GID: "989",
      COREDUMP_CGROUP: "/system.slice/imgd.service",
    }),
  },
];

/** Always the same numbers, so that every run measures the same journal (the generator of Numerical Recipes). */
function randomNumbers(): (below: number) => number {
  let state = 1;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

function* entries(count: number): Generator<RawEntry> {
  const random = randomNumbers();
  const begin = 1_795_300_000_000_000;
  const total = KINDS.reduce((sum, { weight }) => sum + weight, 0);
  for (let index = 0; index < count; index++) {
    let pick = random(total);
    const kind = KINDS.find(({ weight }) => (pick -= weight) < 0);
    yield {
      __REALTIME_TIMESTAMP: String(begin + index * 20_011),
      __MONOTONIC_TIMESTAMP: String(60_000_000 + index * 20_011),
      _BOOT_ID: "6a1f0f3c2b7d4e5f8a9b0c1d2e3f4a5b",
      _MACHINE_ID: "0123456789abcdef0123456789abcdef",
      _HOSTNAME: "nas",
      ...kind?.fields(random),
    };
  }
}

/** A journal and the same entries as `journalctl -o json` prints them. */
export interface BenchmarkJournal {
  directory: string;
  json: string;
}

/**
 * The journal of `count` entries below `cache`: written by a real systemd-journal-remote, and printed once by a real
 * journalctl, unless an earlier run left it there.
 */
export async function benchmarkJournal(
  count: number,
  cache: string,
  programs: { remote: string; journalctl: string },
): Promise<BenchmarkJournal> {
  const home = join(cache, `journal-${count}`);
  const made = { directory: join(home, "journal"), json: join(home, "entries.json") };
  if (existsSync(home)) return made;
  console.error(`writing a journal of ${count} entries to ${home}, once`);
  // Made beside its place: what an interrupted run leaves is no journal.
  const unfinished = `${home}.${process.pid}`;
  try {
    await mkdir(join(unfinished, "journal"), { recursive: true });
    await writeJournal(count, join(unfinished, "journal"), programs.remote);
    await printJournal(join(unfinished, "journal"), join(unfinished, "entries.json"), programs.journalctl);
    await rename(unfinished, home);
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
  return made;
}

async function writeJournal(count: number, directory: string, remote: string): Promise<void> {
  const child = spawn(remote, ["-o", join(directory, "system.journal"), "-"], {
    stdio: ["pipe", "ignore", "inherit"],
  });
  const ended = once(child, "exit");
  const BATCH = 1000;
  await pipeline(function* () {
    let batch: RawEntry[] = [];
    for (const entry of entries(count)) {
      if (batch.push(entry) < BATCH) continue;
      yield exportFormat(batch);
      batch = [];
    }
    yield exportFormat(batch);
  }, child.stdin);
  const [code] = (await ended) as [number | null];
  if (code !== 0) throw new Error(`systemd-journal-remote ended with ${code}`);
}

async function printJournal(directory: string, file: string, journalctl: string): Promise<void> {
  const args = ["--directory", directory, "--output", "json", "--all", "--no-pager", "--quiet"];
  const child = spawn(journalctl, args, { stdio: ["ignore", "pipe", "inherit"] });
  await pipeline(child.stdout, createWriteStream(file));
}

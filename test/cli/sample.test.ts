import { chmodSync, existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import t, { type Test } from "tap";
import { fleet } from "../support/fleet.ts";

const ENTRIES = [
  {
    __REALTIME_TIMESTAMP: "1763766892500000",
    MESSAGE: "Failed password for alice from 203.0.113.7",
    _SYSTEMD_UNIT: "sshd.service",
  },
  {
    __REALTIME_TIMESTAMP: "1763766893500000",
    MESSAGE: "connect from 203.0.113.7",
    _SYSTEMD_UNIT: "postfix.service",
  },
];
const TEXT = ENTRIES.map((entry) => `${JSON.stringify(entry)}\n`).join("");

/** A repository, and on PATH an ssh that keeps what it was called with and prints what the case wants. */
function machine(t: Test, body: string): { root: string; called: () => string[] } {
  const root = t.testdir({ "fleet.yaml": "", bin: {}, "entries.json": TEXT });
  const ssh = join(root, "bin/ssh");
  writeFileSync(ssh, `#!/bin/sh\nprintf '%s\\n' "$@" > "${root}/called"\n${body}\n`);
  chmodSync(ssh, 0o755);
  const path = process.env["PATH"];
  process.env["PATH"] = `${join(root, "bin")}:${path ?? ""}`;
  t.teardown(() => (process.env["PATH"] = path));
  return { root, called: () => readFileSync(join(root, "called"), "utf8").trimEnd().split("\n") };
}

t.test(
  "fleet sample asks a host for its newest entries and keeps them redacted, for their owner",
  async (t) => {
    const { root, called } = machine(t, `cat "$(dirname "$0")/../entries.json"`);
    const { code, out } = await fleet(
      "sample",
      "nas",
      "--repo",
      root,
      "--unit",
      "a b;c.service",
      "--since",
      "-1h",
    );
    t.equal(code, 0);
    const target = called();
    t.same(target.slice(-3), [
      "--",
      "nas",
      "journalctl --output=json --all --no-pager --quiet --lines=10000 '--unit=a b;c.service' --since=-1h",
    ]);
    t.ok(target.includes("BatchMode=yes") && target.includes("ConnectTimeout=10"));
    const file = join(root, "samples/nas.jsonl");
    t.equal(statSync(file).mode & 0o777, 0o600);
    const lines = readFileSync(file, "utf8").trimEnd().split("\n");
    t.same(
      lines.map((line) => JSON.parse(line) as unknown),
      [
        { ...ENTRIES[0], MESSAGE: "Failed password for user1 from 198.18.0.1" },
        { ...ENTRIES[1], MESSAGE: "connect from 198.18.0.1" },
      ],
    );
    t.match(out, /ipv4 +2 +1 +IPv4 addresses/);
    t.match(out, /user +1 +1 /);
    t.match(out, /2 entries of nas in .*samples\/nas\.jsonl/);
  },
);

t.test("a sample is what fleet explain takes", async (t) => {
  const { root } = machine(t, "exit 1");
  const output = relative(process.cwd(), join(root, "s.jsonl"));
  const from = relative(process.cwd(), join(root, "entries.json"));
  const sample = await fleet("sample", "nas", "--from", from, "-n", "1", "-o", output, "--json");
  t.match(JSON.parse(sample.out), { ok: true, host: "nas", file: output, entries: 1 });
  const config = "test/oracle/cases/flagship_journal/config.alloy";
  const { code, out } = await fleet("explain", "--config", config, "--entries", output);
  t.equal(code, 0);
  t.match(out, /connect from 198\.18\.0\.1/);
});

t.test("a host that cannot be reached is told with what ssh said, and nothing is written", async (t) => {
  const { root } = machine(t, "echo 'ssh: connect to host nas port 22: No route to host' >&2; exit 255");
  const { code, err } = await fleet("sample", "nas", "--repo", root);
  t.equal(code, 2);
  t.match(err, /error\[sample\/unreachable\].*No route to host/);
  t.notOk(existsSync(join(root, "samples")));
});

t.test("a host without such entries keeps the sample that is there", async (t) => {
  const { root } = machine(t, "exit 0");
  const file = join(root, "keep.jsonl");
  writeFileSync(file, "before");
  const { code, err } = await fleet("sample", "nas", "-o", relative(process.cwd(), file));
  t.equal(code, 1);
  t.match(err, /sample\/empty/);
  t.equal(readFileSync(file, "utf8"), "before");
});

t.test("what could be an option or a command of its own is refused", async (t) => {
  const { root } = machine(t, "exit 0");
  for (const argv of [
    ["../../etc/passwd"],
    ["nas;reboot"],
    ["nas", "--ssh=-oProxyCommand=x"],
    ["nas", "--lines", "0"],
    ["nas", "--lines", "100001"],
    ["nas", "--from", "x", "--unit", "y"],
  ]) {
    const { code, err } = await fleet("sample", ...argv, "--repo", root);
    t.equal(code, 2, argv.join(" "));
    t.match(err, /cli\/usage/);
  }
  t.notOk(existsSync(join(root, "called")), "ssh was not called");
});

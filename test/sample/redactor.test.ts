import t from "tap";
import { Redactor } from "../../src/sample/index.ts";

/** What becomes of messages, one redactor for all. */
function redacted(...messages: string[]): unknown[] {
  const redactor = new Redactor();
  return messages.map((MESSAGE) => redactor.redact({ MESSAGE })["MESSAGE"]);
}

const CASES: readonly [rule: string, before: string, after: string][] = [
  [
    "ipv4",
    "from 203.0.113.7 to 192.0.2.1, again 203.0.113.7",
    "from 198.18.0.1 to 198.18.0.2, again 198.18.0.1",
  ],
  ["ipv4", "127.0.0.1 and 0.0.0.0 and 1.2.3 and 999.1.1.1", "127.0.0.1 and 0.0.0.0 and 1.2.3 and 999.1.1.1"],
  ["ipv4", "unknown[198.51.100.7]: host=10.0.0.5.", "unknown[198.18.0.1]: host=198.18.0.2."],
  ["ipv6", "SRC=fe80::1%eth0 DST=2a01:4f8:0:1::5", "SRC=2001:db8::1%eth0 DST=2001:db8::2"],
  ["ipv6", "1:2:3:4:5:6:7:8 at 12:34:56 std::string ::1", "2001:db8::1 at 12:34:56 std::string ::1"],
  ["ipv6", "2026-11-22T10:11:12Z took 00:00:07", "2026-11-22T10:11:12Z took 00:00:07"],
  ["ipv4", "::ffff:192.0.2.4", "::ffff:198.18.0.1"],
  ["mac", "to 52:54:00:ab:cd:ef completed", "to 02:00:00:00:00:01 completed"],
  ["email", "to=<jo.doe+x@mail.example.org>", "to=<mail1@example.invalid>"],
  ["email", "Started user@1000.service", "Started user@1000.service"],
  ["user", "PWD=/home/alice ; USER=root", "PWD=/home/user1 ; USER=root"],
  ["user", "opened for user alice(uid=1000) by (uid=0)", "opened for user user1(uid=1000) by (uid=0)"],
  ["user", "Failed password for invalid user admin from", "Failed password for invalid user user1 from"],
  ["user", "alice : TTY=pts/0 ; PWD=/home/alice", "user1 : TTY=pts/0 ; PWD=/home/user1"],
  ["secret", 'password: "a b, c" rest', 'password: "secret-1" rest'],
  ["secret", '{\\"api_key\\":\\"xyz\\",\\"n\\":1}', '{\\"api_key\\":\\"secret-1\\",\\"n\\":1}'],
  ["secret", "DB_PASSWORD=hunter2 token=hunter2", "DB_PASSWORD=secret-1 token=secret-1"],
  ["authorization", "Authorization: Bearer abcdefgh12345", "Authorization: Bearer secret-1"],
  ["authorization", "Cookie: sid=1; user=x", "Cookie: secret-1"],
  ["url-password", "postgres://app:s3cr:t@db/x", "postgres://app:secret-1@db/x"],
  ["token", "using ghp_abcdefghijklmnopqrstuv now", "using token-1 now"],
  ["private-key", "-----BEGIN PRIVATE KEY-----\nMII\n-----END PRIVATE KEY-----\nend", "private-key-1\nend"],
];

for (const [rule, before, after] of CASES) {
  t.test(`${rule}: ${JSON.stringify(before)}`, (t) => {
    t.same(redacted(before), [after]);
    t.end();
  });
}

t.test("the same value has the same placeholder in every entry and field, also among bytes", (t) => {
  const redactor = new Redactor();
  const bytes = (text: string): number[] => [...Buffer.from(text), 0xff];
  const entry = redactor.redact({
    MESSAGE: bytes("\u001b[32mü from 203.0.113.7"),
    _CMDLINE: "ping 203.0.113.7",
    REPEATED: ["203.0.113.8", bytes("203.0.113.7")],
    EMPTY: null,
  });
  t.same(entry, {
    MESSAGE: bytes("\u001b[32mü from 198.18.0.1"),
    _CMDLINE: "ping 198.18.0.1",
    REPEATED: ["198.18.0.2", bytes("198.18.0.1")],
    EMPTY: null,
  });
  const counted = redactor.counts().filter(({ replaced }) => replaced > 0);
  t.match(counted, [{ rule: "ipv4", replaced: 4, values: 2 }]);
  t.equal(counted.length, 1);
  t.end();
});

t.test("what a pipeline matches on stays, the machine's own numbers do not", (t) => {
  const boot = "6a1f0f3c2b7d4e5f8a9b0c1d2e3f4a5b";
  const kept = {
    _SYSTEMD_UNIT: "vpn@10.0.0.1.service",
    SYSLOG_IDENTIFIER: "alice@example.org",
    _HOSTNAME: "nas",
  };
  const redactor = new Redactor();
  t.same(redactor.redact({ ...kept, _BOOT_ID: boot, __REALTIME_TIMESTAMP: "1", __CURSOR: "s=1" }), {
    ...kept,
    _BOOT_ID: "00000000000000000000000000000001",
    __REALTIME_TIMESTAMP: "1",
  });
  t.end();
});

import { existsSync, readdirSync, readFileSync } from "node:fs";
import { chmod, mkdir, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import t, { type Test } from "tap";
import { prepareQemu } from "../../src/vm/index.ts";
import { qemuArguments, type Hardware } from "../../src/vm/qemu/command-line.ts";
import { needRoom } from "../../src/vm/qemu/image.ts";
import { SOCKETS, startQemu } from "../../src/vm/qemu/process.ts";
import { removeLeftovers, temporaryDirectory } from "../../src/vm/qemu/temporary.ts";
import { failureOf } from "../support/failure.ts";

const hardware: Omit<Hardware, "sockets" | "forwards"> = {
  kernel: "/images/vmlinuz",
  initramfs: "/images/initramfs",
  parameters: ["systemd.hostname=nas"],
  disks: [
    { path: "/images/a,b.raw", writes: "discarded" },
    { path: "/images/tools.raw", writes: "refused" },
  ],
  accelerator: "tcg",
  memory: 2048,
  cpus: 2,
};

t.test(
  "qemu keeps nothing of what a guest writes, lets nothing out, and forwards from loopback only",
  (t) => {
    const args = qemuArguments({ ...hardware, sockets: "/tmp/s", forwards: [{ host: 4000, guest: 80 }] });
    const text = args.join(" ");
    t.match(text, "file=/images/a,,b.raw,snapshot=on", "a comma in a path is part of the path");
    t.match(text, "file=/images/tools.raw,read-only=on");
    t.match(text, "user,id=net,restrict=on,hostfwd=tcp:127.0.0.1:4000-:80");
    t.match(text, "systemd.hostname=nas");
    t.notMatch(text, "host,");
    t.end();
  },
);

/** A program in the place of qemu. */
async function fake(t: Test, body: string): Promise<string> {
  const path = join(t.testdir(), "qemu");
  await writeFile(path, `#!/bin/sh\n${body}\n`);
  await chmod(path, 0o755);
  return path;
}

function starting(qemu: string): ReturnType<typeof startQemu> {
  return startQemu({ qemu, hardware, forwards: [80], scratch: tmpdir(), onConsole: () => undefined });
}

t.test("a qemu that does not start is an error with what it said, and leaves nothing behind", async (t) => {
  const failure = await failureOf(starting(await fake(t, "echo 'qemu: no such machine' >&2; exit 1")));
  t.match(failure.diagnostics, [{ code: "vm/qemu-ended", message: /no such machine/ }]);
  const own = readdirSync(tmpdir()).filter((name) => name.startsWith(`${SOCKETS}${process.pid}-`));
  t.same(own, []);
});

t.test("a port that another program took is chosen anew, three times in all", async (t) => {
  const said = "qemu: -netdev user: Could not set up host forwarding rule 'tcp:127.0.0.1:1-:80'";
  const qemu = await fake(t, `echo >> "$0.calls"; echo "${said}" >&2; exit 1`);
  const failure = await failureOf(starting(qemu));
  t.match(failure.diagnostics, [{ code: "vm/port-taken", message: /host forwarding rule/ }]);
  t.equal(readFileSync(`${qemu}.calls`, "utf8"), "\n\n\n");
});

t.test("without qemu there is one diagnostic that says where it was looked for", async (t) => {
  const cache = t.testdir();
  const failure = await failureOf(
    prepareQemu({
      env: { PATH: cache, FLEET_CACHE: cache },
      log: () => undefined,
      signal: new AbortController().signal,
      memory: 2048,
      bootTimeout: 1000,
    }),
  );
  t.match(failure.diagnostics, [
    { code: "programs/not-found", message: /^qemu-system-x86_64, .* not on PATH/ },
  ]);
  t.same(readdirSync(cache), []);
});

t.test("too little room is an error before anything is started", async (t) => {
  await needRoom(tmpdir(), 1, "a virtual machine");
  const failure = await failureOf(needRoom(tmpdir(), 2 ** 60, "a virtual machine"));
  t.match(failure.diagnostics, [
    { code: "vm/no-space", message: /a virtual machine needs 1073741824\.0 GB/ },
  ]);
});

t.test("what a process left behind is removed once it is gone", async (t) => {
  const parent = t.testdir({ "tools-999999999-abc.raw": "x", other: "x" });
  const own = await temporaryDirectory(parent, "tools-");
  await mkdir(join(parent, "tools-999999999-abc"));
  await removeLeftovers(parent, "tools-");
  t.ok(existsSync(own));
  t.same(readdirSync(parent).sort(), ["other", own.slice(parent.length + 1)].sort());
});

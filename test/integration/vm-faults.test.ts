import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { globSync, readFileSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";

import { setTimeout as sleep } from "node:timers/promises";
import t, { type Test } from "tap";
import { ensureProgram, findProgram } from "../../src/programs/index.ts";
import { QemuGuest, type QemuGuestOptions } from "../../src/vm/qemu/guest.ts";
import { ensureImage, vmDirectory, type GuestImage } from "../../src/vm/qemu/image.ts";
import { SOCKETS } from "../../src/vm/qemu/process.ts";
import { exampleFleet } from "../support/example.ts";
import { failureOf } from "../support/failure.ts";

const { env } = process;
const never = new AbortController().signal;
const qemu = await findProgram("qemu-system-x86_64", { env });
const noQemu = qemu === undefined ? "there is no qemu on this machine" : false;

/** The command lines of the qemus that a fleet process has started. */
function machinesOf(pid: number): string[] {
  return globSync("/proc/[0-9]*/cmdline")
    .map((path) => {
      try {
        return readFileSync(path, "latin1");
      } catch {
        return "";
      }
    })
    .filter((line) => line.startsWith(qemu?.path ?? "-") && line.includes(`${SOCKETS}${pid}-`));
}

/** Asks until the answer is yes; false when it was not within `seconds`. */
async function within(seconds: number, ask: () => boolean): Promise<boolean> {
  const deadline = Date.now() + seconds * 1000;
  while (!ask()) {
    if (Date.now() > deadline) return false;
    await sleep(100);
  }
  return true;
}

async function guestOf(t: Test, image: GuestImage, options: Partial<QemuGuestOptions>): Promise<QemuGuest> {
  const program = await ensureProgram("qemu-system-x86_64", { env });
  const guest = new QemuGuest({
    name: "faulty",
    qemu: program,
    image,
    accelerator: "tcg",
    memory: 1024,
    forwards: [],
    scratch: vmDirectory(env),
    bootTimeout: 600_000,
    signal: never,
    ...options,
  });
  t.teardown(() => guest.release());
  return guest;
}

t.test("a machine that breaks says why, and is released", { skip: noQemu }, async (t) => {
  const program = await ensureProgram("qemu-system-x86_64", { env });
  const image = await ensureImage(program, {
    env,
    log: (line) => {
      t.comment(line);
    },
    signal: never,
  });

  await t.test("a guest that does not come up in time ends with its console", async (t) => {
    const guest = await guestOf(t, image, { bootTimeout: 100 });
    const failure = await failureOf(guest.start());
    t.match(failure.diagnostics, [{ code: "vm/no-boot", message: /within 0\.1 s; its console says last/ }]);
    await guest.release();
    t.same(machinesOf(process.pid), []);
  });

  await t.test("a kernel that panics is known at once", async (t) => {
    const guest = await guestOf(t, image, { parameters: ["rdinit=/nothing", "root=/dev/nothing"] });
    const failure = await failureOf(guest.start());
    t.match(failure.diagnostics, [{ code: "vm/kernel-panic", message: /panicked: VFS/ }]);
  });

  await t.test("a disk that is full under a guest ends it", async (t) => {
    const scratch = t.testdir();
    const mounted = spawnSync("mount", ["-t", "tmpfs", "-o", "size=2m", "tmpfs", scratch]);
    if (mounted.status !== 0) {
      t.plan(0, `no small disk can be mounted here: ${String(mounted.stderr).trim()}`);
      return;
    }
    t.teardown(() => spawnSync("umount", ["--lazy", scratch]));
    const guest = await guestOf(t, image, { scratch });
    const failure = await failureOf(guest.start());
    t.match(failure.diagnostics, [{ code: "vm/disk-full", message: new RegExp(scratch) }]);
    await guest.release();
  });

  await t.test("on one machine", async (t) => {
    const guest = await guestOf(t, image, {});
    await guest.start();

    await t.test("a script prints what it likes, and one that takes too long is ended", async (t) => {
      const odd = await guest.execute("printf 'a\\0\\377\\n1 0 0 0\\nhello\\n'; echo err >&2; exit 7", {
        timeout: 60_000,
      });
      t.same(odd, { status: 7, stdout: "a\u0000\ufffd\n1 0 0 0\nhello\n", stderr: "err\n" });
      t.equal((await guest.execute("sleep 600", { timeout: 1000 })).status, 124);
    });

    await t.test("after a reboot and after a power cut the shell is there again", async (t) => {
      await guest.execute("echo kept > /root/kept; sync; echo lost > /run/lost", { timeout: 60_000 });
      await guest.reboot();
      t.equal((await guest.execute("cat /root/kept", { timeout: 60_000 })).stdout, "kept\n");
      t.equal((await guest.execute("cat /run/lost", { timeout: 60_000 })).status, 1);
      await guest.crash();
      await t.rejects(guest.execute("true", { timeout: 1000 }), { message: /not running/ });
      await guest.start();
      t.equal((await guest.execute("cat /root/kept", { timeout: 60_000 })).stdout, "kept\n");
    });

    await t.test("a guest without memory left says which process its kernel killed", async (t) => {
      const failure = await failureOf(guest.execute("tail /dev/zero", { timeout: 600_000 }));
      t.match(failure.diagnostics, [{ code: "vm/guest-out-of-memory", message: /killed tail/ }]);
    });
  });
});

/** `fleet vm shell`, until its machine runs. */
async function running(t: Test): Promise<{ child: ChildProcess & { pid: number }; said: () => string }> {
  const root = await exampleFleet(t);
  const args = ["bin/fleet.js", "vm", "shell", "sleep 600", "--repo", root];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "ignore", "pipe"] });
  let said = "";
  child.stderr.on("data", (chunk: Buffer) => (said += chunk.toString()));
  t.teardown(() => child.kill("SIGKILL"));
  const { pid = 0 } = child;
  t.ok(await within(600, () => machinesOf(pid).length === 1), "its machine runs");
  return { child: Object.assign(child, { pid }), said: () => said };
}

function leftOf(pid: number): string[] {
  const sockets = readdirSync(tmpdir()).filter((name) => name.startsWith(`${SOCKETS}${pid}-`));
  const disks = readdirSync(vmDirectory(env)).filter((name) => name.includes(`-${pid}-`));
  return [...sockets, ...disks];
}

t.test("Ctrl-C ends a run with one diagnostic, its machine and its files", { skip: noQemu }, async (t) => {
  const { child, said } = await running(t);
  const ended = new Promise<number | null>((resolve) => child.once("exit", resolve));
  child.kill("SIGINT");
  t.equal(await ended, 2);
  t.equal(said().match(/error\[/g)?.length ?? said().match(/cli\/interrupted/g)?.length, 1, said());
  t.same(machinesOf(child.pid), []);
  t.same(leftOf(child.pid), []);
});

t.test(
  "kill -9 of a run ends its machine within five seconds, while another run's goes on",
  { skip: noQemu },
  async (t) => {
    const { child: other } = await running(t);
    const { child } = await running(t);
    child.kill("SIGKILL");
    t.ok(await within(5, () => machinesOf(child.pid).length === 0), "no qemu of it is left");
    t.equal(machinesOf(other.pid).length, 1, "the other run has its machine");
    t.same(
      leftOf(child.pid).filter((name) => name.endsWith(".raw")),
      [],
      "no disk of it is left",
    );
  },
);

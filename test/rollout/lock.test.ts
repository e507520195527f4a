import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import t, { type Test } from "tap";
import { FleetError } from "../../src/diagnostics/index.ts";
import { lockOwner, takeLock, thisOwner, type Owner } from "../../src/rollout/lock.ts";

const OWN = thisOwner("fleet rollout", new Date("2026-06-07T12:00:00.000Z"));

function lockPath(t: Test): string {
  const path = mkdtempSync(join(tmpdir(), "fleet-lock-"));
  t.teardown(() => {
    rmSync(path, { recursive: true });
  });
  return join(path, "lock");
}

function refusal(path: string, broken = false): string {
  try {
    takeLock(path, OWN, { broken })();
  } catch (caught) {
    if (caught instanceof FleetError) return `${caught.message} ${caught.diagnostics[0]?.hint ?? ""}`;
    throw caught;
  }
  return "";
}

t.test("a lock that is held says by whom, and is free once it was given up", (t) => {
  const path = lockPath(t);
  const unlock = takeLock(path, OWN, { broken: false });
  t.match(refusal(path), /rollout\/locked: .* since 2026-06-07.*fleet rollout \(process \d+\).*kill \d+/);
  t.match(refusal(path, true), "rollout/locked", "--break-lock ends no process of this machine");
  t.match(lockOwner(path), { command: "fleet rollout", pid: process.pid });
  unlock();
  t.equal(lockOwner(path), undefined);
  t.equal(refusal(path), "");
  t.notOk(existsSync(path));
  t.end();
});

t.test("a lock whose process is gone, was replaced, or ran before the last boot is taken over", (t) => {
  const stale: Partial<Owner>[] = [{ pid: 2 ** 22 + 1 }, { started: "1" }, { boot: "another" }];
  for (const difference of stale) {
    const path = lockPath(t);
    writeFileSync(path, JSON.stringify({ ...OWN, ...difference }));
    t.equal(lockOwner(path), undefined);
    t.equal(refusal(path), "");
  }
  t.end();
});

t.test("another machine's lock is left alone, until it is broken", (t) => {
  const path = lockPath(t);
  const text = JSON.stringify({ ...OWN, machine: "elsewhere", user: "ana" });
  writeFileSync(path, text);
  t.match(refusal(path), /ana on elsewhere .*--break-lock/);
  t.equal(readFileSync(path, "utf8"), text);
  t.equal(refusal(path, true), "");
  t.end();
});

t.test("a lock that says nothing is left alone, until it is broken", (t) => {
  const path = lockPath(t);
  writeFileSync(path, "");
  t.match(refusal(path), /does not say by whom.*--break-lock/);
  t.equal(refusal(path, true), "");
  t.end();
});

import { randomUUID } from "node:crypto";
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { hostname, userInfo } from "node:os";
import { z } from "zod";
import { error, FleetError } from "../diagnostics/index.ts";
import { isRunning } from "../process/index.ts";

/** The lock's name in the state directory. */
export const LOCK = "lock";

const ownerSchema = z.strictObject({
  machine: z.string(),
  /** Changes with every boot; null where the system does not say. */
  boot: z.string().nullable(),
  pid: z.int(),
  /** When the process was started, as the system counts; null where it does not say. */
  started: z.string().nullable(),
  user: z.string(),
  command: z.string(),
  /** ISO 8601. */
  since: z.string(),
});

/** Who holds a lock. */
export type Owner = z.infer<typeof ownerSchema>;

/** Describes this process as the owner of a lock. */
export function thisOwner(command: string, now: Date): Owner {
  return {
    machine: hostname(),
    boot: bootId(),
    pid: process.pid,
    started: startOf(process.pid),
    user: userInfo().username,
    command,
    since: now.toISOString(),
  };
}

/**
 * Takes the lock file at `path`. A lock whose owner, a process of this machine, is gone is taken over; one that a
 * process of another machine holds only when `broken`, since nothing here can say whether that still runs.
 *
 * @returns what gives the lock up
 * @throws FleetError `rollout/locked` with who holds it.
 */
export function takeLock(path: string, owner: Owner, { broken }: { broken: boolean }): () => void {
  const own = `${JSON.stringify(owner)}\n`;
  // A lock that is there has its text: it gets its name with the text already in it.
  const draft = `${path}.${randomUUID()}`;
  writeFileSync(draft, own);
  try {
    while (!link(draft, path)) {
      const text = read(path);
      if (text === undefined) continue;
      const holder = parse(text);
      if (holder === undefined ? !broken : !isGone(holder) && !(broken && holder.machine !== owner.machine))
        throw locked(holder, owner.machine);
      setAside(path, text);
    }
  } finally {
    rmSync(draft, { force: true });
  }
  return () => {
    if (read(path) === own) rmSync(path, { force: true });
  };
}

/** Who holds the lock at `path`; undefined when nobody does. */
export function lockOwner(path: string): Owner | undefined {
  const holder = parse(read(path) ?? "");
  return holder === undefined || isGone(holder) ? undefined : holder;
}

function link(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (caught) {
    if ((caught as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw caught;
  }
}

/** Removes the lock that has this text. One that another process took in the meantime gets its name back. */
function setAside(path: string, text: string): void {
  const aside = `${path}.${randomUUID()}`;
  try {
    renameSync(path, aside);
  } catch (caught) {
    if ((caught as NodeJS.ErrnoException).code === "ENOENT") return;
    throw caught;
  }
  if (read(aside) !== text) link(aside, path);
  rmSync(aside, { force: true });
}

function parse(text: string): Owner | undefined {
  try {
    return ownerSchema.parse(JSON.parse(text));
  } catch {
    return undefined;
  }
}

function locked(holder: Owner | undefined, machine: string): FleetError {
  if (holder === undefined) {
    const hint = "where no other fleet runs on this repository: --break-lock";
    return new FleetError(
      error("rollout/locked", "the repository is locked, and the lock does not say by whom", { hint }),
    );
  }
  const { user, pid, command, since } = holder;
  const message = `${user} on ${holder.machine} works on this repository since ${since}: ${command} (process ${pid})`;
  const hint =
    holder.machine === machine
      ? `wait until it has ended, or end it: kill ${pid}`
      : `wait until it has ended; when process ${pid} no longer runs on ${holder.machine}: --break-lock`;
  return new FleetError(error("rollout/locked", message, { hint }));
}

/** True when the owner was a process of this machine that no longer runs. */
function isGone({ machine, boot, pid, started }: Owner): boolean {
  if (machine !== hostname()) return false;
  if (boot !== bootId()) return true;
  if (!isRunning(pid)) return true;
  const now = startOf(pid);
  return started !== null && now !== null && started !== now;
}

function bootId(): string | null {
  return read("/proc/sys/kernel/random/boot_id")?.trim() ?? null;
}

/** Clock ticks from the boot to the start of a process: field 22, counted behind the name, which may hold blanks. */
function startOf(pid: number): string | null {
  const stat = read(`/proc/${pid}/stat`);
  return stat?.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? null;
}

function read(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

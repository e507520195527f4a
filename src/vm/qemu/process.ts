import { rm } from "node:fs/promises";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { error, FleetError } from "../../diagnostics/index.ts";
import { freePorts, start, type Child } from "../../process/index.ts";
import { qemuArguments, type Hardware } from "./command-line.ts";
import { temporaryDirectory } from "./temporary.ts";

export interface QemuOptions {
  /** Path of qemu-system-x86_64. */
  qemu: string;
  hardware: Omit<Hardware, "sockets" | "forwards">;
  /** Ports of the guest to be reached on free ports of this machine's loopback. */
  forwards: readonly number[];
  /** Where what the guest writes goes to, unlinked; needs room for gigabytes. */
  scratch: string;
  onConsole: (line: string) => void;
}

/** A qemu that runs, and the lines to it. */
export interface Qemu {
  readonly shell: Socket;
  readonly monitor: Socket;
  /** Path of the socket of the guest's prompt. */
  readonly prompt: string;
  readonly forwards: readonly { host: number; guest: number }[];
  /** Settles when qemu has ended, with its last words. */
  readonly ended: Promise<string>;
  /** Ends qemu and removes what it had on this machine. May be called again. */
  stop(): Promise<void>;
}

/** What directories of sockets are called, below the system's temporary directory. */
export const SOCKETS = "fleet-vm-";
const ATTEMPTS = 3;
/** Milliseconds that qemu has to open its sockets. */
const OPENS = 20_000;

/**
 * Starts qemu. It does not outlive fleet, however that ends (see `start` of the process part), and what its guest
 * wrote goes with it.
 *
 * @throws FleetError `vm/qemu-ended`, `vm/port-taken`.
 */
export async function startQemu(options: QemuOptions): Promise<Qemu> {
  for (let attempt = 1; ; attempt += 1) {
    const started = await startOnce(options);
    if (typeof started !== "string") return started;
    // A free port may be taken by another program between its choice and its use.
    const taken = started.includes("Could not set up host forwarding rule");
    if (taken && attempt < ATTEMPTS) continue;
    throw new FleetError(
      taken
        ? error("vm/port-taken", `qemu could not listen on loopback: ${started}`, { hint: "run it again" })
        : error("vm/qemu-ended", `qemu did not start: ${started}`),
    );
  }
}

/** A qemu with open lines, or why it ended. */
async function startOnce(options: QemuOptions): Promise<Qemu | string> {
  const sockets = await temporaryDirectory(tmpdir(), SOCKETS);
  const ports = await freePorts(options.forwards.length);
  const forwards = options.forwards.map((guest, at) => ({ guest, host: ports[at] ?? 0 }));
  const child = start(options.qemu, qemuArguments({ ...options.hardware, sockets, forwards }), {
    env: { TMPDIR: options.scratch },
    onLine: options.onConsole,
  });
  const ended = child.ended.then((code) => lastWords(child, code));
  const stop = async (): Promise<void> => {
    await child.stop();
    await rm(sockets, { recursive: true, force: true });
  };
  try {
    const open = Promise.all([dial(join(sockets, "shell")), dial(join(sockets, "monitor"))]);
    const lines = await Promise.race([open, ended]);
    if (typeof lines === "string") {
      open.catch(() => undefined);
      await stop();
      return lines;
    }
    const [shell, monitor] = lines;
    return { shell, monitor, prompt: join(sockets, "prompt"), forwards, ended, stop };
  } catch (caught) {
    await stop();
    throw caught;
  }
}

/** Connects to a socket as soon as it is there. */
async function dial(path: string): Promise<Socket> {
  const deadline = performance.now() + OPENS;
  for (;;) {
    try {
      return await new Promise<Socket>((resolve, reject) => {
        const socket = connect(path, () => resolve(socket)).once("error", reject);
      });
    } catch (caught) {
      if (performance.now() > deadline) throw caught;
      await sleep(50);
    }
  }
}

/** What qemu itself said last; the console's lines are the guest's. */
function lastWords(child: Child, code: number): string {
  const own = child.recent().filter((line) => line.startsWith("qemu"));
  return own.length > 0 ? own.slice(-3).join("\n") : `it ended with code ${code} and said nothing`;
}

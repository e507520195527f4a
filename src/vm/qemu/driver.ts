import { mkdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { ensureProgram, type Program, type ProgramOptions } from "../../programs/index.ts";
import { GUEST } from "../guest-layout.ts";
import { GuestMachine } from "../guest-machine.ts";
import type { TestLog } from "../log.ts";
import { QemuGuest } from "./guest.ts";
import { ensureImage, needRoom, UNFINISHED, vmDirectory } from "./image.ts";
import { chooseAccelerator } from "./kvm.ts";
import { SOCKETS } from "./process.ts";
import { removeLeftovers } from "./temporary.ts";
import { makeToolsDisk, TOOLS } from "./tools-disk.ts";

export interface DriverOptions extends ProgramOptions {
  log: (line: string) => void;
  signal: AbortSignal;
  /** MiB for each guest. */
  memory: number;
  /** Milliseconds from power-on to a shell. */
  bootTimeout: number;
}

/** Bytes that a guest may write while it runs. */
const ROOM = 2 * 1024 ** 3;

/** What every guest of a run is started with. */
export interface QemuDriver {
  readonly qemu: Program;
  /** For a person: "qemu-system-x86_64 7.2.22 (from PATH), software emulation". */
  readonly description: string;
  /**
   * A machine with the programs at their places in /opt/fleet, not started yet.
   *
   * @param name its host name
   * @param signal ends whatever is under way on it
   */
  machine(
    name: string,
    programs: readonly Program[],
    options: { log: TestLog; signal: AbortSignal },
  ): Promise<RunningMachine>;
}

export interface RunningMachine {
  machine: GuestMachine;
  guest: QemuGuest;
  release(): Promise<void>;
}

/**
 * Gets what guests need: qemu, the image (made when there is none), and whether KVM works.
 *
 * @throws FleetError what `ensureProgram` and `ensureImage` throw, and `vm/no-space`.
 */
export async function prepareQemu(options: DriverOptions): Promise<QemuDriver> {
  const { env, log, signal, memory, bootTimeout } = options;
  const qemu = await ensureProgram("qemu-system-x86_64", options);
  const mke2fs = await ensureProgram("mke2fs", options);
  const directory = vmDirectory(env);
  await mkdir(directory, { recursive: true });
  await removeLeftovers(directory, TOOLS);
  await removeLeftovers(directory, UNFINISHED);
  await removeLeftovers(tmpdir(), SOCKETS);
  const image = await ensureImage(qemu, options);
  await needRoom(directory, ROOM, "a virtual machine");
  const accelerator = await chooseAccelerator(qemu, image, { directory, log, signal });
  return {
    qemu,
    description: `${qemu.description}, ${accelerator === "kvm" ? "KVM" : "software emulation"}`,
    async machine(name, programs, { log: testLog, signal: ending }) {
      const tools = await makeToolsDisk(programs, { mke2fs, directory, signal: ending });
      const guest = new QemuGuest({
        name,
        qemu,
        image,
        tools,
        accelerator,
        memory,
        forwards: [GUEST.lokiPort],
        scratch: directory,
        bootTimeout,
        signal: ending,
      });
      return { guest, machine: new GuestMachine(guest, testLog, ending), release: () => guest.release() };
    },
  };
}

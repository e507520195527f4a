import { rm } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { error, FleetError, type Diagnostic } from "../../diagnostics/index.ts";
import type { Guest } from "../guest-machine.ts";
import type { CommandResult } from "../machine.ts";
import type { Accelerator } from "./command-line.ts";
import { Console } from "./console.ts";
import type { GuestImage } from "./image.ts";
import { startQemu, type Qemu } from "./process.ts";
import { Monitor, type QmpEvent } from "./qmp.ts";
import { Shell } from "./shell.ts";

export interface QemuGuestOptions {
  /** The guest's host name. */
  name: string;
  qemu: { path: string; description: string };
  image: GuestImage;
  /** A disk image of tools for /opt/fleet; unlinked once it is open. */
  tools?: string;
  /** True: what the guest writes to its root disk stays in the image. */
  keepWrites?: boolean;
  /** Further read-only disks: /dev/vdb when there are no tools, else /dev/vdc, and so on. */
  disks?: readonly string[];
  accelerator: Accelerator;
  /** MiB. */
  memory: number;
  forwards: readonly number[];
  /** Directory with room for what the guest writes. */
  scratch: string;
  /** Milliseconds from power-on to a shell. */
  bootTimeout: number;
  /** Kernel parameters besides the usual ones. */
  parameters?: readonly string[];
  signal: AbortSignal;
}

const CPUS = 2;
/** Milliseconds that a guest has to shut down. */
const SHUTDOWN = 120_000;
/** Milliseconds in which a killed process's line is followed by the panic that it may be a part of. */
const SETTLE = 500;

/** A Debian guest under qemu: one qemu for its whole life, also over reboots and power cuts. */
export class QemuGuest implements Guest {
  readonly #options: QemuGuestOptions;
  readonly #console = new Console((trouble) => void this.#break(trouble));
  readonly #broken = Promise.withResolvers<never>();
  readonly #release: () => void;
  #power: "new" | "running" | "off" = "new";
  #qemu: Qemu | undefined;
  #shell: Shell | undefined;
  #monitor: Monitor | undefined;
  #off = Promise.withResolvers<undefined>();
  #restarted = Promise.withResolvers<undefined>();

  constructor(options: QemuGuestOptions) {
    this.#options = options;
    // Whoever waits for something sees it; when nobody does it is seen at the next call.
    this.#broken.promise.catch(() => undefined);
    const abort = (): void => this.#broken.reject(options.signal.reason);
    options.signal.addEventListener("abort", abort);
    this.#release = () => options.signal.removeEventListener("abort", abort);
  }

  get name(): string {
    return this.#options.name;
  }

  get description(): string {
    const { qemu, accelerator } = this.#options;
    return `${qemu.description}, ${accelerator === "kvm" ? "KVM" : "software emulation"}`;
  }

  /** @throws FleetError `vm/no-boot`, and what `startQemu` throws. */
  async start(): Promise<void> {
    if (this.#power === "running") return;
    this.#options.signal.throwIfAborted();
    if (this.#power === "new") await this.#powerOn();
    else {
      this.#shell?.reset(gone("the guest was started anew"));
      await this.#tell("system_reset");
      await this.#tell("cont");
    }
    this.#power = "running";
    await this.#untilUp();
  }

  async shutdown(): Promise<void> {
    this.#off = Promise.withResolvers();
    this.#command("systemctl poweroff --no-block");
    await this.#within(this.#off.promise, SHUTDOWN, "the guest did not shut down");
    this.#shell?.reset(gone("the guest was shut down"));
    this.#power = "off";
  }

  async reboot(): Promise<void> {
    this.#restarted = Promise.withResolvers();
    this.#command("systemctl reboot --no-block");
    await this.#within(this.#restarted.promise, SHUTDOWN, "the guest did not shut down for its reboot");
    this.#shell?.reset(gone("the guest reboots"));
    await this.#untilUp();
  }

  async crash(): Promise<void> {
    await this.#tell("stop");
    this.#shell?.reset(gone("the guest's power was cut"));
    this.#power = "off";
  }

  async execute(script: string, options: { timeout: number; input?: Uint8Array }): Promise<CommandResult> {
    const shell = this.#shell;
    if (shell === undefined || this.#power !== "running") throw gone("the guest is not running");
    return this.#guard(shell.execute(script, options));
  }

  consoleLog(): string {
    return this.#console.text();
  }

  forwardedPort(guestPort: number): number | undefined {
    return this.#qemu?.forwards.find(({ guest }) => guest === guestPort)?.host;
  }

  /** Path of the socket of a prompt in the guest; undefined before the start. */
  get prompt(): string | undefined {
    return this.#qemu?.prompt;
  }

  /** Ends the guest and removes what it had on this machine. May be called again, at any time. */
  async release(): Promise<void> {
    this.#release();
    this.#broken.reject(gone("the guest was released"));
    await this.#qemu?.stop();
    if (this.#options.tools !== undefined) await rm(this.#options.tools, { force: true });
  }

  async #powerOn(): Promise<void> {
    const {
      qemu,
      image,
      tools,
      keepWrites,
      disks = [],
      name,
      accelerator,
      memory,
      parameters = [],
    } = this.#options;
    const running = await startQemu({
      qemu: qemu.path,
      hardware: {
        kernel: image.kernel,
        initramfs: image.initramfs,
        parameters: [`systemd.hostname=${name}`, ...parameters],
        disks: [
          { path: image.disk, writes: keepWrites === true ? "kept" : "discarded" },
          ...[...(tools === undefined ? [] : [tools]), ...disks].map((path) => ({
            path,
            writes: "refused" as const,
          })),
        ],
        accelerator,
        memory,
        cpus: CPUS,
      },
      forwards: this.#options.forwards,
      scratch: this.#options.scratch,
      onConsole: (line) => this.#console.add(line),
    });
    this.#qemu = running;
    this.#shell = new Shell(running.shell);
    this.#monitor = new Monitor(running.monitor, (event) => this.#onEvent(event));
    void running.ended.then((words) => this.#break(error("vm/qemu-ended", `qemu ended by itself: ${words}`)));
    await this.#tell("qmp_capabilities");
    if (tools !== undefined) await rm(tools, { force: true });
  }

  #onEvent({ event, data }: QmpEvent): void {
    if (event === "SHUTDOWN") this.#off.resolve(undefined);
    if (event === "RESET") this.#restarted.resolve(undefined);
    if (event === "BLOCK_IO_ERROR" && data?.["nospace"] === true) {
      const message = `what the guest writes found no room in ${this.#options.scratch}`;
      void this.#break(
        error("vm/disk-full", message, { hint: "make room there, or set FLEET_CACHE to another disk" }),
      );
    }
  }

  /** Runs a script that may end the shell before it can answer. */
  #command(script: string): void {
    this.#shell?.execute(script, { timeout: 30_000 }).catch(() => undefined);
  }

  /** From now on every call fails with this diagnostic. */
  async #break(trouble: Diagnostic): Promise<void> {
    // A panic for want of memory says so after the last kill.
    if (trouble.code === "vm/guest-out-of-memory") await sleep(SETTLE);
    this.#broken.reject(new FleetError(trouble));
  }

  async #tell(command: Parameters<Monitor["run"]>[0]): Promise<void> {
    if (this.#monitor !== undefined) await this.#guard(this.#monitor.run(command));
  }

  #guard<T>(work: Promise<T>): Promise<T> {
    return Promise.race([this.#broken.promise, work]);
  }

  async #untilUp(): Promise<void> {
    const up = this.#shell?.up ?? Promise.resolve();
    await this.#within(up, this.#options.bootTimeout, "the guest did not come up");
  }

  async #within(work: Promise<void>, limit: number, otherwise: string): Promise<void> {
    const late = Promise.withResolvers<never>();
    const timer = setTimeout(() => {
      const message = `${otherwise} within ${limit / 1000} s; its console says last:\n${this.#console.tail()}`;
      late.reject(
        new FleetError(
          error("vm/no-boot", message, { hint: "a busy machine may need longer: --boot-timeout" }),
        ),
      );
    }, limit);
    try {
      await this.#guard(Promise.race([work, late.promise]));
    } finally {
      clearTimeout(timer);
    }
  }
}

function gone(why: string): FleetError {
  return new FleetError(error("vm/no-answer", why));
}

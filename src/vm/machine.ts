/** What a command in a guest came to. */
export interface CommandResult {
  /** Exit code; 124 when the command did not end within its time. */
  status: number;
  stdout: string;
  stderr: string;
}

export interface ExecuteOptions {
  /** Milliseconds that the command may take: 15 minutes when left out. */
  timeout?: number;
}

/** How long and how often something is asked for. */
export interface Retry {
  /** Milliseconds in all: 60 s when left out. */
  timeout?: number;
  /** Milliseconds between two tries: 500 when left out. */
  interval?: number;
}

/** Told to a probe: on the last try it may say, or throw, why the answer is no. */
export interface Attempt {
  last: boolean;
}

export type Probe = (attempt: Attempt) => Promise<boolean>;

/** What is copied into a guest: a file of this machine, or content as it is. */
export type CopySource = { path: string } | { content: string | Uint8Array };

/**
 * A machine with systemd that runs under a test, after the NixOS test driver's machine objects. Times are
 * milliseconds. A failed expectation throws a FleetError `vm/failed` that says what was asked, what was
 * expected and what came instead; a machine that broke (panic, no memory, no answer) throws the `vm/` code that
 * says so, from whichever call is under way.
 */
export interface Machine {
  readonly name: string;
  /** What runs it, for a person: "qemu 7.2, software emulation". */
  readonly description: string;

  /** Starts the machine, also after `shutdown`, and waits until its shell answers. */
  start(): Promise<void>;
  /** Ends the machine in an orderly way; its disk is kept for the next `start`. */
  shutdown(): Promise<void>;
  /** Reboots in an orderly way and waits until the shell answers again. */
  reboot(): Promise<void>;
  /** Cuts the power; what the guest had not synced is lost. `start` boots it again. */
  crash(): Promise<void>;

  /** Runs a bash script as root; whatever it comes to is an answer. */
  execute(script: string, options?: ExecuteOptions): Promise<CommandResult>;
  /** Each script must end with 0; gives the stdout of all. */
  succeed(...scripts: readonly string[]): Promise<string>;
  /** Each script must end with another code than 0; gives the stdout of all. */
  fail(...scripts: readonly string[]): Promise<string>;
  /** Puts a file into the guest, making its directory; `mode` in octal, "0644" when left out. */
  copyTo(source: CopySource, target: string, mode?: string): Promise<void>;
  /** `journalctl --no-pager ARGS`; gives stdout. */
  journal(...args: readonly string[]): Promise<string>;
  /** `systemctl ARGS`, whatever it comes to. */
  systemctl(...args: readonly string[]): Promise<CommandResult>;

  /** Waits until a unit is active; fails at once when it has failed, showing the end of its journal. */
  waitForUnit(unit: string, retry?: Retry): Promise<void>;
  /** Waits until something listens on a TCP port of the guest's loopback. */
  waitForOpenPort(port: number, retry?: Retry): Promise<void>;
  /** Waits until a script ends with 0; gives its stdout. */
  waitUntilSucceeds(script: string, retry?: Retry): Promise<string>;
  /** Waits until a script ends with another code than 0. */
  waitUntilFails(script: string, retry?: Retry): Promise<void>;
  /** Waits until a probe says true; `what` completes "waiting until". */
  waitUntil(what: string, probe: Probe, retry?: Retry): Promise<void>;
  /**
   * Runs `work` while something must stay true: it is asked before each try of every wait within, and at the
   * end; `what` is a sentence about what must hold.
   */
  whileHolds<T>(what: string, condition: () => Promise<boolean>, work: () => Promise<T>): Promise<T>;
  sleep(milliseconds: number): Promise<void>;

  /** A named, timed part of a test; parts nest, in the log too. */
  subtest<T>(name: string, work: () => Promise<T>): Promise<T>;
  /** Everything that the console has shown since the first start. */
  consoleLog(): string;
  /**
   * The port on this machine's loopback behind which a port of the guest is; undefined for one that the
   * machine was not started with.
   */
  forwardedPort(guestPort: number): number | undefined;
}

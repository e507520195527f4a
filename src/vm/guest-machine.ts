import { readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { error, FleetError } from "../diagnostics/index.ts";
import type { TestLog } from "./log.ts";
import type { CommandResult, CopySource, ExecuteOptions, Machine, Probe, Retry } from "./machine.ts";
import { retry } from "./retry.ts";

/** What a driver does; everything else of a machine is built on it. */
export interface Guest {
  readonly name: string;
  readonly description: string;
  start(): Promise<void>;
  shutdown(): Promise<void>;
  reboot(): Promise<void>;
  crash(): Promise<void>;
  /** Runs a bash script as root with `input` as its standard input. */
  execute(script: string, options: { timeout: number; input?: Uint8Array }): Promise<CommandResult>;
  consoleLog(): string;
  forwardedPort(guestPort: number): number | undefined;
}

/** Milliseconds that a script has when nothing else is said, as the NixOS test driver has it. */
const TIMEOUT = 900_000;

/** The machine API over a driver's guest. */
export class GuestMachine implements Machine {
  readonly #guest: Guest;
  readonly #log: TestLog;
  readonly #signal: AbortSignal | undefined;
  readonly #conditions: (() => Promise<void>)[] = [];

  constructor(guest: Guest, log: TestLog, signal?: AbortSignal) {
    this.#guest = guest;
    this.#log = log;
    this.#signal = signal;
  }

  get name(): string {
    return this.#guest.name;
  }

  get description(): string {
    return this.#guest.description;
  }

  start(): Promise<void> {
    return this.subtest("start the machine", () => this.#guest.start());
  }

  shutdown(): Promise<void> {
    return this.subtest("shut the machine down", () => this.#guest.shutdown());
  }

  reboot(): Promise<void> {
    return this.subtest("reboot the machine", () => this.#guest.reboot());
  }

  crash(): Promise<void> {
    return this.subtest("cut the power", () => this.#guest.crash());
  }

  execute(script: string, { timeout = TIMEOUT }: ExecuteOptions = {}): Promise<CommandResult> {
    return this.#guest.execute(script, { timeout });
  }

  async succeed(...scripts: readonly string[]): Promise<string> {
    let stdout = "";
    for (const script of scripts) {
      const result = await this.execute(script);
      if (result.status !== 0) throw failed(script, "should have ended with 0", result);
      stdout += result.stdout;
    }
    return stdout;
  }

  async fail(...scripts: readonly string[]): Promise<string> {
    let stdout = "";
    for (const script of scripts) {
      const result = await this.execute(script);
      if (result.status === 0) throw failed(script, "should have failed", result);
      stdout += result.stdout;
    }
    return stdout;
  }

  async copyTo(source: CopySource, target: string, mode = "0644"): Promise<void> {
    const input =
      "path" in source
        ? await readFile(source.path)
        : typeof source.content === "string"
          ? Buffer.from(source.content)
          : source.content;
    // The mode comes before the content, which may be secret.
    const script = `install -D --mode=${mode} /dev/null ${shellQuote(target)} && cat > ${shellQuote(target)}`;
    const result = await this.#guest.execute(script, { timeout: TIMEOUT, input });
    if (result.status !== 0) throw failed(script, "should have ended with 0", result);
  }

  journal(...args: readonly string[]): Promise<string> {
    return this.succeed(`journalctl --no-pager ${args.map(shellQuote).join(" ")}`);
  }

  systemctl(...args: readonly string[]): Promise<CommandResult> {
    return this.execute(`systemctl --no-pager ${args.map(shellQuote).join(" ")}`);
  }

  async waitForUnit(unit: string, options?: Retry): Promise<void> {
    const quoted = shellQuote(unit);
    const probe: Probe = async ({ last }) => {
      const { stdout } = await this.systemctl("show", "--property=ActiveState", "--value", unit);
      const state = stdout.trim();
      if (state === "active") return true;
      if (state !== "failed" && !last) return false;
      const { stdout: journal } = await this.execute(`journalctl --no-pager --unit=${quoted} --lines=20`);
      throw new FleetError(
        error(
          "vm/failed",
          `${unit} should be active and is ${state}; the end of its journal:\n${journal.trim()}`,
        ),
        1,
      );
    };
    await this.waitUntil(`${unit} is active`, probe, options);
  }

  async waitForOpenPort(port: number, options?: Retry): Promise<void> {
    const script = `exec 9<>/dev/tcp/127.0.0.1/${port}`;
    const probe: Probe = async () => (await this.execute(script)).status === 0;
    await this.waitUntil(`port ${port} is open`, probe, options);
  }

  async waitUntilSucceeds(script: string, options?: Retry): Promise<string> {
    let stdout = "";
    const probe: Probe = async ({ last }) => {
      const result = await this.execute(script);
      ({ stdout } = result);
      if (last && result.status !== 0) throw failed(script, "should have ended with 0 in time", result);
      return result.status === 0;
    };
    await this.waitUntil(`this succeeds: ${script}`, probe, options);
    return stdout;
  }

  async waitUntilFails(script: string, options?: Retry): Promise<void> {
    const probe: Probe = async ({ last }) => {
      const result = await this.execute(script);
      if (last && result.status === 0) throw failed(script, "should have failed in time", result);
      return result.status !== 0;
    };
    await this.waitUntil(`this fails: ${script}`, probe, options);
  }

  waitUntil(what: string, probe: Probe, options: Retry = {}): Promise<void> {
    const checked: Probe = async (attempt) => {
      await this.#checkConditions();
      return probe(attempt);
    };
    return this.subtest(`wait until ${what}`, () =>
      retry(what, checked, { ...options, ...(this.#signal && { signal: this.#signal }) }),
    );
  }

  async whileHolds<T>(what: string, condition: () => Promise<boolean>, work: () => Promise<T>): Promise<T> {
    const check = async (): Promise<void> => {
      if (!(await condition()))
        throw new FleetError(error("vm/failed", `this should have held all the time: ${what}`), 1);
    };
    this.#conditions.push(check);
    try {
      const value = await work();
      await check();
      return value;
    } finally {
      this.#conditions.splice(this.#conditions.indexOf(check), 1);
    }
  }

  async #checkConditions(): Promise<void> {
    for (const check of this.#conditions) await check();
  }

  async sleep(milliseconds: number): Promise<void> {
    await this.#checkConditions();
    await sleep(milliseconds, undefined, this.#signal === undefined ? {} : { signal: this.#signal });
    await this.#checkConditions();
  }

  subtest<T>(name: string, work: () => Promise<T>): Promise<T> {
    return this.#log.part(name, work);
  }

  consoleLog(): string {
    return this.#guest.consoleLog();
  }

  forwardedPort(guestPort: number): number | undefined {
    return this.#guest.forwardedPort(guestPort);
  }
}

/** A word of a shell command line. */
export function shellQuote(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

function failed(script: string, expected: string, { status, stdout, stderr }: CommandResult): FleetError {
  const printed = [tail(stdout), tail(stderr)].filter((text) => text !== "").join("\n");
  return new FleetError(
    error(
      "vm/failed",
      `${script}\n${expected}, and ended with ${status}${printed === "" ? ", printing nothing" : `:\n${printed}`}`,
    ),
    1,
  );
}

/** The last lines of what was printed. */
function tail(text: string): string {
  return text.trim().split("\n").slice(-20).join("\n");
}

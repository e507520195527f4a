import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { FleetError } from "../../src/diagnostics/index.ts";
import type { Fleet, Host } from "../../src/manifest/index.ts";
import {
  decryptSecrets,
  frontFor,
  guestFiles,
  installGuest,
  renderSystem,
  type GuestFile,
  type GuestParts,
} from "../../src/vm/guest/index.ts";
import { GUEST, prepareQemu, SCENARIOS, TestLog, type Machine } from "../../src/vm/index.ts";
import { readSubject, runSteps } from "../../src/vm/scenario/index.ts";
import { subjectInputs } from "../../src/vm/subject.ts";
import type { AlloyModule, VmMutant } from "./vm-mutants.ts";

export interface TrialRequest {
  /** A copy of the example fleet that ships with Alloy; its module is changed, and put back. */
  root: string;
  fleet: Fleet;
  host: Host;
  promtail: unknown;
  env: Readonly<Record<string, string | undefined>>;
  log: (line: string) => void;
  signal: AbortSignal;
}

/** MiB of the machine, and milliseconds that it has to boot. */
const MEMORY = 2048;
const BOOT = 600_000;

/** How a mutant fared: the message of the scenario that noticed it; undefined when none did. */
export type Verdict = string | undefined;

/** One machine on which one change of the module after the other is tried. */
export class Trial {
  readonly #request: TrialRequest;
  readonly #machine: Machine;
  readonly #parts: GuestParts;
  readonly #release: () => Promise<void>;
  #files: GuestFile[];
  #runs = 0;

  private constructor(
    request: TrialRequest,
    machine: Machine,
    parts: GuestParts,
    release: () => Promise<void>,
  ) {
    this.#request = request;
    this.#machine = machine;
    this.#parts = parts;
    this.#release = release;
    this.#files = guestFiles(parts);
  }

  /** Boots a machine and makes it the host. */
  static async start(request: TrialRequest): Promise<Trial> {
    const { root, fleet, host, env, log, signal } = request;
    const programs = { env, tools: fleet.tools, cwd: root, log, signal };
    const system = await renderSystem({ root, fleet, host, shippers: ["alloy"], env, signal });
    const secrets = await decryptSecrets({ ...programs, fleet, secrets: system.secrets });
    const front = frontFor(fleet.loki, secrets.password);
    const parts = { system, secrets, front, shippers: { alloy: `${GUEST.fleet} ship` } };
    const driver = await prepareQemu({ ...programs, memory: MEMORY, bootTimeout: BOOT });
    const running = await driver.machine(system.hostName, [], { log: new TestLog(log), signal });
    const trial = new Trial(request, running.machine, parts, () => running.release());
    try {
      await running.machine.start();
      await installGuest(running.machine, parts);
      return trial;
    } catch (caught) {
      await trial.end();
      throw caught;
    }
  }

  /** What the scenarios that `mutant` could break say to the module as it is. */
  async unchanged(name: VmMutant["scenario"]): Promise<Verdict> {
    return verdictOf(() => this.#expect(name));
  }

  /** Tries a mutant, and puts the module back. */
  async try(mutant: VmMutant): Promise<Verdict> {
    const before = await this.#module();
    await this.#write(mutant.mutate(before));
    try {
      return await verdictOf(async () => {
        await this.#deploy();
        await this.#expect(mutant.scenario);
      });
    } finally {
      await this.#write(before);
      await this.#deploy();
    }
  }

  async end(): Promise<void> {
    await this.#release();
  }

  async #expect(name: VmMutant["scenario"]): Promise<void> {
    const { fleet, promtail, signal } = this.#request;
    const scenario = SCENARIOS.find((one) => one.name === name);
    if (scenario === undefined) throw new Error(`there is no scenario ${name}`);
    const subject = readSubject(subjectInputs(this.#parts.system, { fleet, promtail }));
    this.#runs += 1;
    await runSteps(scenario.steps(subject), {
      machine: this.#machine,
      loki: { url: `http://127.0.0.1:${this.#machine.forwardedPort(GUEST.lokiPort) ?? 0}`, signal },
      nonce: `m${process.pid}x${this.#runs}`,
      signal,
    });
  }

  /** Evaluates the host and brings the machine what changed of it, as a deployment would. */
  async #deploy(): Promise<void> {
    const { root, fleet, host, env, signal } = this.#request;
    const system = await renderSystem({ root, fleet, host, shippers: ["alloy"], env, signal });
    const files = guestFiles({ ...this.#parts, system });
    const known = new Map(this.#files.map((file) => [file.path, file.content]));
    for (const { path, content, mode } of files) {
      if (known.get(path) !== content) await this.#machine.copyTo({ content }, path, mode);
    }
    this.#files = files;
    await this.#machine.succeed(
      "systemd-tmpfiles --create /etc/tmpfiles.d/fleet-secrets.conf && systemctl daemon-reload && systemctl restart alloy.service",
    );
    await this.#machine.waitForUnit("alloy.service", { timeout: 60_000 });
  }

  async #module(): Promise<AlloyModule> {
    const [pipeline, module] = await Promise.all(this.#paths().map((path) => readFile(path, "utf8")));
    return { pipeline: pipeline ?? "", module: module ?? "" };
  }

  async #write({ pipeline, module }: AlloyModule): Promise<void> {
    const [first = "", second = ""] = this.#paths();
    await writeFile(first, pipeline);
    await writeFile(second, module);
  }

  #paths(): string[] {
    const { root, fleet } = this.#request;
    return ["config.alloy", "default.nix"].map((name) => join(root, fleet.layout.modules, "alloy", name));
  }
}

async function verdictOf(work: () => Promise<void>): Promise<Verdict> {
  try {
    await work();
    return undefined;
  } catch (caught) {
    if (!(caught instanceof FleetError)) throw caught;
    return caught.diagnostics.map(({ message }) => message).join("\n");
  }
}

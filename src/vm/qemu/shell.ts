import type { Duplex } from "node:stream";
import { error, FleetError } from "../../diagnostics/index.ts";
import type { CommandResult } from "../machine.ts";

/** Milliseconds beyond a script's own time after which a guest that says nothing counts as gone. */
const GRACE = 30_000;
const LINE_BREAK = 0x0a;

interface Pending {
  id: number;
  resolve: (result: CommandResult) => void;
  reject: (reason: unknown) => void;
}

/** What an answer's first line announced. */
interface Header {
  id: number;
  status: number;
  stdout: number;
  stderr: number;
}

/**
 * The driver's half of the root shell in a guest; image/rootfs/usr/local/lib/fleet/shell is the other, and says
 * what is spoken. Scripts run one after the other.
 */
export class Shell {
  readonly #stream: Duplex;
  #buffer = Buffer.alloc(0);
  #header: Header | undefined;
  #pending: Pending | undefined;
  #count = 0;
  #queue: Promise<unknown> = Promise.resolve();
  #up = Promise.withResolvers<undefined>();
  #isUp = false;

  constructor(stream: Duplex) {
    this.#stream = stream;
    stream.on("data", (chunk: Buffer) => {
      this.#buffer = Buffer.concat([this.#buffer, chunk]);
      while (this.#step());
    });
    // A stream that breaks belongs to a qemu that has ended, which whoever runs it notices.
    stream.on("error", () => undefined);
  }

  /** Settles when the guest's half has said hello since the start or the last `reset`. */
  get up(): Promise<undefined> {
    return this.#up.promise;
  }

  /** To be called when the guest starts anew: forgets what was half said, and fails what still waits. */
  reset(reason: FleetError): void {
    this.#isUp = false;
    this.#up = Promise.withResolvers<undefined>();
    this.#buffer = Buffer.alloc(0);
    this.#header = undefined;
    this.#pending?.reject(reason);
    this.#pending = undefined;
  }

  /**
   * Runs a script; `timeout` in milliseconds is kept by the guest, whose answer then has status 124.
   *
   * @throws FleetError `vm/no-answer`, and what `reset` was given.
   */
  async execute(
    script: string,
    { timeout, input = new Uint8Array() }: { timeout: number; input?: Uint8Array },
  ): Promise<CommandResult> {
    const turn = this.#queue.then(() => this.#ask(Buffer.from(script), timeout, input));
    this.#queue = turn.catch(() => undefined);
    return turn;
  }

  async #ask(script: Buffer, timeout: number, input: Uint8Array): Promise<CommandResult> {
    const id = ++this.#count;
    const answer = Promise.withResolvers<CommandResult>();
    this.#pending = { id, resolve: answer.resolve, reject: answer.reject };
    const limit = setTimeout(() => answer.reject(noAnswer(timeout)), timeout + GRACE);
    const seconds = (timeout / 1000).toFixed(3);
    this.#stream.write(`${id} ${seconds} ${script.length} ${input.length}\n`);
    this.#stream.write(script);
    this.#stream.write(input);
    try {
      return await answer.promise;
    } finally {
      clearTimeout(limit);
      this.#forget(id);
    }
  }

  #forget(id: number): void {
    if (this.#pending?.id === id) this.#pending = undefined;
  }

  /** Reads one line or answer from the buffer; false when there is none whole. */
  #step(): boolean {
    if (this.#header !== undefined) return this.#readAnswer(this.#header);
    const end = this.#buffer.indexOf(LINE_BREAK);
    if (end === -1) return false;
    const line = this.#buffer.toString("latin1", 0, end).trimEnd();
    this.#buffer = this.#buffer.subarray(end + 1);
    if (line === "hello") {
      this.#isUp = true;
      this.#up.resolve(undefined);
    } else if (this.#isUp) this.#header = readHeader(line);
    return true;
  }

  #readAnswer({ id, status, stdout, stderr }: Header): boolean {
    if (this.#buffer.length < stdout + stderr) return false;
    const answer = {
      status,
      stdout: this.#buffer.toString("utf8", 0, stdout),
      stderr: this.#buffer.toString("utf8", stdout, stdout + stderr),
    };
    this.#buffer = this.#buffer.subarray(stdout + stderr);
    this.#header = undefined;
    // The answer to a script that was given up comes late, or never.
    if (this.#pending?.id === id) this.#pending.resolve(answer);
    return true;
  }
}

/** `ID STATUS STDOUT-BYTES STDERR-BYTES`; undefined for anything else. */
function readHeader(line: string): Header | undefined {
  const [id, status, stdout, stderr, ...rest] = line.split(" ").map(Number);
  if (id === undefined || status === undefined || stdout === undefined || stderr === undefined)
    return undefined;
  return rest.length === 0 && [id, status, stdout, stderr].every(Number.isSafeInteger)
    ? { id, status, stdout, stderr }
    : undefined;
}

function noAnswer(timeout: number): FleetError {
  return new FleetError(
    error("vm/no-answer", `the guest's shell has not answered within ${(timeout + GRACE) / 1000} s`, {
      hint: "its console log may say why",
    }),
  );
}

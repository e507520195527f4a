import { createInterface } from "node:readline";
import type { Duplex } from "node:stream";
import { z } from "zod";

/** What qemu says over its monitor protocol, QMP: a greeting, answers, events. */
const Message = z.union([
  z.object({ event: z.string(), data: z.looseObject({}).optional() }),
  z.object({ return: z.unknown() }),
  z.object({ error: z.object({ desc: z.string() }) }),
  z.object({ QMP: z.unknown() }),
]);

export type QmpEvent = { event: string; data?: Readonly<Record<string, unknown>> | undefined };

/** qemu's monitor: commands that change the state of the machine, and events that tell of it. */
export class Monitor {
  readonly #stream: Duplex;
  readonly #waiting: { resolve: (nothing: undefined) => void; reject: (reason: Error) => void }[] = [];

  constructor(stream: Duplex, onEvent: (event: QmpEvent) => void) {
    this.#stream = stream;
    stream.on("error", () => undefined);
    createInterface({ input: stream }).on("line", (line) => {
      const message = Message.parse(JSON.parse(line));
      if ("event" in message) onEvent(message);
      else if ("error" in message) this.#waiting.shift()?.reject(new Error(message.error.desc));
      else if ("return" in message) this.#waiting.shift()?.resolve(undefined);
    });
  }

  /** Runs a command without arguments; qemu answers in order. */
  run(command: "qmp_capabilities" | "system_reset" | "stop" | "cont"): Promise<undefined> {
    const answer = Promise.withResolvers<undefined>();
    this.#waiting.push(answer);
    this.#stream.write(`${JSON.stringify({ execute: command })}\n`);
    return answer.promise;
  }
}

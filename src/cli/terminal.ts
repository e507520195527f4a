import { connect } from "node:net";
import type { Streams } from "./io.ts";

/** Ctrl-], as telnet has it. */
const LEAVE = 0x1d;
/** What the guest's prompt prints when its shell has ended. */
const LEFT = "\u001b]fleet:left\u0007";

/**
 * Joins the terminal with a socket until the other side says that the person has left, or they press Ctrl-], or
 * standard input ends, or `signal` is aborted.
 */
export async function joinTerminal(
  { stdin, stdout }: Streams,
  path: string,
  signal: AbortSignal,
): Promise<void> {
  const socket = connect(path);
  const raw = stdin.isTTY === true;
  if (raw) stdin.setRawMode?.(true);
  const left = Promise.withResolvers<undefined>();
  const leave = (): void => left.resolve(undefined);
  socket.once("error", leave).once("close", leave);
  signal.addEventListener("abort", leave);
  let last = "";
  socket.setEncoding("utf8").on("data", (text: string) => {
    stdout.write(text);
    last = (last + text).slice(-2 * LEFT.length);
    if (last.includes(LEFT)) leave();
  });
  void (async () => {
    // A line break makes the prompt show itself.
    socket.write("\r");
    for await (const chunk of stdin) {
      const bytes = typeof chunk === "string" ? Buffer.from(chunk) : Buffer.from(chunk);
      if (bytes.includes(LEAVE)) {
        leave();
        return;
      }
      socket.write(bytes);
    }
    socket.write("exit\r");
  })();
  try {
    await left.promise;
  } finally {
    signal.removeEventListener("abort", leave);
    if (raw) stdin.setRawMode?.(false);
    socket.destroy();
  }
  signal.throwIfAborted();
}

import type { RunningMachine } from "../../vm/index.ts";
import type { Io } from "../io.ts";

/** Opens a prompt in a running machine; ends when the person leaves it. */
export async function promptIn({ machine, guest }: RunningMachine, io: Io): Promise<void> {
  const path = guest.prompt;
  if (path === undefined) return;
  io.log(`a prompt in ${machine.name}; exit (or Ctrl-]) leaves it and ends the machine`);
  await io.connect(path);
}

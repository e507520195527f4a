import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { error, FleetError, type TextOf } from "../diagnostics/index.ts";
import type { Io } from "./io.ts";

/** A text that the user named: its name in diagnostics is the path as it was given. */
export interface Input {
  name: string;
  text: string;
}

/**
 * The text of a file given on the command line; `-` is standard input.
 *
 * @throws FleetError `cli/unreadable`
 */
export async function readInput(path: string, io: Pick<Io, "cwd" | "stdin">): Promise<Input> {
  if (path === "-") return { name: "<stdin>", text: await io.stdin() };
  try {
    return { name: path, text: await readFile(resolve(io.cwd, path), "utf8") };
  } catch (caught) {
    const reason =
      (caught as NodeJS.ErrnoException).code === "ENOENT" ? "there is no such file" : String(caught);
    throw new FleetError(
      error("cli/unreadable", `${path} cannot be read: ${reason}`, { hint: "check the path" }),
    );
  }
}

/** Gives excerpts from texts that were read already. */
export function textOf(...inputs: readonly Input[]): TextOf {
  return (file) => inputs.find(({ name }) => name === file)?.text;
}

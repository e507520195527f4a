import { readdir, readFile, realpath, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { decode } from "../alloy/syntax.ts";
import { error, FleetError, type Diagnostic } from "../diagnostics/index.ts";
import { readInput, type Input } from "./input.ts";
import type { Io } from "./io.ts";

/** An Alloy file as it was read; `diagnostics` says where it is not text. */
export interface AlloyFile extends Input {
  diagnostics: readonly Diagnostic[];
}

/**
 * Reads an Alloy file given on the command line; `-` is standard input.
 *
 * @throws FleetError `cli/unreadable`
 */
export async function readAlloyFile(path: string, io: Pick<Io, "cwd" | "stdin">): Promise<AlloyFile> {
  if (path === "-") return { ...(await readInput(path, io)), diagnostics: [] };
  try {
    return { name: path, ...decode(path, await readFile(resolve(io.cwd, path))) };
  } catch (caught) {
    throw unreadable(path, reasonOf(caught));
  }
}

/**
 * Reads the files of a configuration: one file, or every `*.alloy` of a directory, which Alloy takes together.
 *
 * @throws FleetError `cli/unreadable`, also for a directory without any
 */
export async function readAlloyConfiguration(
  path: string,
  io: Pick<Io, "cwd" | "stdin">,
): Promise<AlloyFile[]> {
  const found = path === "-" ? undefined : await stat(resolve(io.cwd, path)).catch(() => undefined);
  if (found?.isDirectory() !== true) return [await readAlloyFile(path, io)];
  const names = (await readdir(resolve(io.cwd, path))).filter((name) => name.endsWith(".alloy")).sort();
  if (names.length === 0) throw unreadable(path, "the directory holds no *.alloy file");
  return Promise.all(names.map((name) => readAlloyFile(join(path, name), io)));
}

/**
 * Puts together what is one file under several names: another spelling of its path, a link, the name given twice.
 *
 * @throws FleetError `cli/unwritable` for a file that is gone
 */
export async function sameFiles<F extends Input>(
  files: readonly F[],
  io: Pick<Io, "cwd">,
): Promise<[F, ...F[]][]> {
  const groups = new Map<string, [F, ...F[]]>();
  for (const file of files) {
    const path = await realPath(file.name, io);
    const group = groups.get(path);
    if (group === undefined) groups.set(path, [file]);
    else group.push(file);
  }
  return [...groups.values()];
}

/**
 * Writes a file back, whole or not at all; where it is reached through a link, the file that the link leads to.
 *
 * @throws FleetError `cli/unwritable`
 */
export async function writeAlloyFile(name: string, text: string, io: Pick<Io, "cwd">): Promise<void> {
  // Loaded here, since most runs only read and the part takes longer to load than a file to format.
  const { writeFileAtomically } = await import("../repository/index.ts");
  const path = await realPath(name, io);
  try {
    await writeFileAtomically(path, text);
  } catch (caught) {
    throw unwritable(name, caught);
  }
}

async function realPath(name: string, io: Pick<Io, "cwd">): Promise<string> {
  try {
    return await realpath(resolve(io.cwd, name));
  } catch (caught) {
    throw unwritable(name, caught);
  }
}

function unwritable(path: string, caught: unknown): FleetError {
  const reason = caught instanceof Error ? caught.message : String(caught);
  const hint = "check the permissions of the file and its directory";
  return new FleetError(error("cli/unwritable", `${path} cannot be written: ${reason}`, { hint }));
}

function unreadable(path: string, reason: string): FleetError {
  return new FleetError(
    error("cli/unreadable", `${path} cannot be read: ${reason}`, { hint: "check the path" }),
  );
}

function reasonOf(caught: unknown): string {
  const { code } = caught as NodeJS.ErrnoException;
  if (code === "ENOENT") return "there is no such file";
  return code === "EISDIR" ? "it is a directory" : String(caught);
}

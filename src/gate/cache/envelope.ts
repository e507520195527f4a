import { createHash, randomBytes } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/**
 * Reads what `seal` wrote. Whatever else is there (nothing, half a file, another's text, a directory) is as good as
 * nothing: undefined.
 */
export function unseal(path: string): unknown {
  try {
    const text = readFileSync(path, "utf8");
    const end = text.indexOf("\n");
    const body = text.slice(end + 1);
    return text.slice(0, end) === checksum(body) ? (JSON.parse(body) as unknown) : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Replaces the file at `path` by a value and the checksum of its text, so that a reader sees the old file or the new
 * one, and after a crash may see what `unseal` refuses. Nothing is forced to disk: what a cache loses it loses.
 *
 * @param scratch a directory on the same file system, for the file while it is written
 */
export function seal(path: string, value: unknown, scratch: string): void {
  const body = JSON.stringify(value);
  const staged = join(scratch, `${process.pid}-${randomBytes(6).toString("hex")}`);
  mkdirSync(dirname(path), { recursive: true });
  try {
    writeFileSync(staged, `${checksum(body)}\n${body}`, { flag: "wx", mode: 0o600 });
    renameSync(staged, path);
  } catch (caught) {
    rmSync(staged, { force: true });
    throw caught;
  }
}

function checksum(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

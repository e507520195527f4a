import { mkdir, open, readFile, rm, stat, utimes } from "node:fs/promises";
import { dirname } from "node:path";
import { isRunning } from "../process/index.ts";

const HEARTBEAT = 5_000;
const STALE = 30_000;

/**
 * Runs `work` while holding the lock file `path`; others wait. The holder touches the file every few seconds,
 * so a lock whose process is gone, or that has not been touched for 30 s, is taken over. A lost race between
 * two takers costs doing the work twice, so the work must be safe to repeat.
 */
export async function withLock<T>(
  path: string,
  work: () => Promise<T>,
  options: { onWait?: () => void; signal?: AbortSignal } = {},
): Promise<T> {
  await mkdir(dirname(path), { recursive: true });
  let waited = false;
  while (!(await take(path))) {
    if (await isStale(path)) {
      await rm(path, { force: true });
      continue;
    }
    options.signal?.throwIfAborted();
    if (!waited) options.onWait?.();
    waited = true;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  const heartbeat = setInterval(() => {
    const now = new Date();
    utimes(path, now, now).catch(() => undefined);
  }, HEARTBEAT);
  try {
    return await work();
  } finally {
    clearInterval(heartbeat);
    await rm(path, { force: true });
  }
}

async function take(path: string): Promise<boolean> {
  try {
    const file = await open(path, "wx");
    await file.writeFile(`${process.pid}\n`);
    await file.close();
    return true;
  } catch (caught) {
    if ((caught as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw caught;
  }
}

async function isStale(path: string): Promise<boolean> {
  try {
    const [{ mtimeMs }, text] = await Promise.all([stat(path), readFile(path, "utf8")]);
    if (Date.now() - mtimeMs > STALE) return true;
    // An empty file belongs to a holder that is about to write its number.
    return text !== "" && !isRunning(Number(text));
  } catch {
    return false;
  }
}

import { readFileSync } from "node:fs";

/** What of the available memory evaluations may take together. */
const SHARE = 0.75;

/** Bytes that evaluations may take together: a share of what the machine, or the container we are in, has left. */
export function memoryBudget(): number {
  return SHARE * process.availableMemory();
}

/**
 * Bytes that a process and everything it started hold in memory; 0 when it is gone, or where the system does not
 * tell (only Linux does).
 */
export function memoryOf(pid: number): number {
  try {
    const held = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0;
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").split(" ").filter(Boolean);
    return children.reduce((sum, child) => sum + memoryOf(Number(child)), Number(held) * 1024);
  } catch {
    return 0;
  }
}

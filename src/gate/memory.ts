import { readFileSync } from "node:fs";

/** What of the available memory evaluations may take together. */
const SHARE = 0.75;

/** Bytes that evaluations may take together: a share of what the machine, or the container we are in, has left. */
export function memoryBudget(): number {
  return SHARE * process.availableMemory();
}

/** Bytes that a process and everything it started hold; 0 when it is gone, or where the system does not tell (only Linux does). */
export function memoryOf(pid: number): number {
  return treeOf(pid).reduce((sum, one) => sum + residentOf(one), 0);
}

/** Ends a process and everything it started at once, what was started last first. */
export function endTree(pid: number): void {
  for (const one of treeOf(pid).reverse()) {
    try {
      process.kill(one, "SIGKILL");
    } catch {
      // It ended by itself in this moment.
    }
  }
}

/** A process and, after each, those that it started. */
function treeOf(pid: number): number[] {
  let children: string[] = [];
  try {
    children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").split(" ").filter(Boolean);
  } catch {
    // Gone, or a system without /proc.
  }
  return [pid, ...children.flatMap((child) => treeOf(Number(child)))];
}

function residentOf(pid: number): number {
  try {
    return Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}

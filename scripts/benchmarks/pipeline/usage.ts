import { readFileSync } from "node:fs";

/** What a process has used so far: processor time in seconds, and the most memory that it had, in MB. */
export interface Usage {
  cpu: number;
  memory: number;
}

/** Clock ticks in a second, as Linux has them on every platform that node runs on. */
const TICKS = 100;
const INTERVAL = 20;

/**
 * Watches a process by /proc, which works for programs of every kind while they run. What it uses in the last
 * hundredths of a second before it ends goes unseen.
 */
export class Watch {
  readonly #pid: number;
  readonly #timer: NodeJS.Timeout;
  #usage: Usage = { cpu: 0, memory: 0 };

  constructor(pid: number) {
    this.#pid = pid;
    this.#timer = setInterval(() => this.#look(), INTERVAL);
  }

  /** What was used up to now, or to the end of the process; ends the watch. */
  stop(): Usage {
    clearInterval(this.#timer);
    this.#look();
    return this.#usage;
  }

  #look(): void {
    try {
      // The name of the program, in brackets, may hold blanks.
      const stat = readFileSync(`/proc/${this.#pid}/stat`, "utf8")
        .replace(/^.*\) /s, "")
        .split(" ");
      const peak = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${this.#pid}/status`, "utf8"))?.[1];
      // One that has ended and is not yet waited for has no memory any more.
      if (peak === undefined) return;
      this.#usage = { cpu: (Number(stat[11]) + Number(stat[12])) / TICKS, memory: Number(peak) / 1000 };
    } catch {
      // It has ended.
    }
  }
}

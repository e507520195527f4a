import { error, type Diagnostic } from "../../diagnostics/index.ts";

/** The newest lines that are kept of a console: a guest in trouble may write without end. */
const KEPT = 20_000;

/** What the console of a guest shows, and what it says of the guest's health. */
export class Console {
  readonly #lines: string[] = [];
  readonly #onTrouble: (trouble: Diagnostic) => void;

  constructor(onTrouble: (trouble: Diagnostic) => void) {
    this.#onTrouble = onTrouble;
  }

  add(raw: string): void {
    const line = withoutEscapes(raw);
    this.#lines.push(line);
    if (this.#lines.length > KEPT) this.#lines.shift();
    const trouble = troubleIn(line);
    if (trouble !== undefined) this.#onTrouble(trouble);
  }

  text(): string {
    return this.#lines.map((line) => `${line}\n`).join("");
  }

  /** The last lines, for a message. */
  tail(count = 15): string {
    return this.#lines
      .filter((line) => line.trim() !== "")
      .slice(-count)
      .join("\n");
  }
}

/** Colours, cursor movements and carriage returns taken out. */
function withoutEscapes(line: string): string {
  return line.replace(/\u001b(?:\[[0-9;?]*[A-Za-z]|\][^\u0007]*\u0007|[c()][0-9A-B]?)|\r/g, "");
}

/** What the Linux kernel prints when it cannot go on, or when it kills for want of memory (mm/oom_kill.c). */
function troubleIn(line: string): Diagnostic | undefined {
  const panic = /Kernel panic - not syncing: (.*)/.exec(line);
  if (panic !== null) return error("vm/kernel-panic", `the guest's kernel panicked: ${panic[1] ?? ""}`);
  // Not "Memory cgroup out of memory": a unit's own limit is that unit's affair.
  const killed = /(?<!cgroup )[Oo]ut of memory: Killed process \d+ \(([^)]*)\)/.exec(line);
  if (killed !== null)
    return error(
      "vm/guest-out-of-memory",
      `the guest had no memory left; its kernel killed ${killed[1] ?? ""}`,
      {
        hint: "give it more with --memory",
      },
    );
  return undefined;
}

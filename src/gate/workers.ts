import { endTree, memoryBudget, memoryOf } from "./memory.ts";

/** An evaluation's place among the others. */
export class Slot {
  readonly expected: number;
  readonly alone: boolean;
  /** Bytes that its process holds, as last seen. */
  held = 0;
  /** The most that it held, as far as was seen. */
  peak = 0;
  /** True once its process was ended because memory ran short. */
  overrun = false;
  #pid: number | undefined;

  constructor(expected: number, alone: boolean) {
    this.expected = expected;
    this.alone = alone;
  }

  /** Is told each process that works here. */
  readonly onStart = (pid: number): void => {
    this.#pid = pid;
  };

  look(): void {
    this.held = this.#pid === undefined ? 0 : memoryOf(this.#pid);
    this.peak = Math.max(this.peak, this.held);
  }

  end(): void {
    if (this.#pid === undefined) return;
    this.overrun = true;
    endTree(this.#pid);
  }
}

export interface WorkersOptions {
  /** Evaluations that run beside each other at most. */
  most: number;
  /** Bytes that they may hold together; by default a share of what the machine has left. */
  budget?: number;
  /** Milliseconds between two looks at what they hold. */
  interval?: number;
}

/** What an evaluation asks for. */
export interface Claim {
  /** Bytes that it will probably take. */
  expected: number;
  /** True for what must not share the budget with anything. */
  alone?: boolean;
}

/**
 * Admits evaluations as memory allows: one begins when those that run, each counted with what it holds or is expected
 * to hold, leave it enough; one at a time always may. When together they hold more than the budget, the largest is
 * ended, so that the others and the machine live.
 */
export class Workers {
  readonly #most: number;
  readonly #budget: number;
  readonly #interval: number;
  readonly #slots = new Set<Slot>();
  readonly #waiting: { slot: Slot; admit: () => void }[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor({ most, budget = memoryBudget(), interval = 100 }: WorkersOptions) {
    this.#most = most;
    this.#budget = budget;
    this.#interval = interval;
  }

  /** Bytes that all may hold together. */
  get budget(): number {
    return this.#budget;
  }

  /** Does `work` when there is room for it. */
  async run<T>({ expected, alone = false }: Claim, work: (slot: Slot) => Promise<T>): Promise<T> {
    const slot = new Slot(expected, alone);
    await new Promise<void>((admit) => {
      this.#waiting.push({ slot, admit });
      this.#admit();
    });
    try {
      return await work(slot);
    } finally {
      this.#slots.delete(slot);
      if (this.#slots.size === 0) clearInterval(this.#timer);
      this.#admit();
    }
  }

  /** Lets in who has room, in the order of asking; nobody overtakes, so nobody waits for ever. */
  #admit(): void {
    for (
      let next = this.#waiting[0];
      next !== undefined && this.#hasRoom(next.slot);
      next = this.#waiting[0]
    ) {
      this.#waiting.shift();
      if (this.#slots.size === 0) this.#timer = setInterval(() => this.#watch(), this.#interval).unref();
      this.#slots.add(next.slot);
      next.admit();
    }
  }

  #hasRoom({ expected, alone }: Slot): boolean {
    const running = [...this.#slots];
    if (running.length === 0) return true;
    if (alone || running.length >= this.#most || running.some((slot) => slot.alone)) return false;
    const taken = running.reduce((sum, slot) => sum + Math.max(slot.held, slot.expected), 0);
    return taken + expected <= this.#budget;
  }

  #watch(): void {
    let held = 0;
    let largest: Slot | undefined;
    for (const slot of this.#slots) {
      slot.look();
      held += slot.held;
      if (slot.held > (largest?.held ?? 0)) largest = slot;
    }
    if (held > this.#budget) largest?.end();
  }
}

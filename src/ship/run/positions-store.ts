import { join } from "node:path";
import type { Logger } from "./logger.ts";
import { Positions } from "./positions.ts";

/** The positions of all components, each in `STORAGE/COMPONENT/positions.yml` as Alloy has it. */
export class PositionsStore {
  readonly #storage: string;
  readonly #log: Logger;
  readonly #opened = new Map<string, Positions>();

  constructor(storage: string, log: Logger) {
    this.#storage = storage;
    this.#log = log;
  }

  pathOf(component: string): string {
    return join(this.#storage, component, "positions.yml");
  }

  /** @throws FleetError `ship/positions-unreadable` */
  async of(component: string): Promise<Positions> {
    const known = this.#opened.get(component);
    if (known !== undefined) return known;
    const positions = await Positions.open(this.pathOf(component));
    this.#opened.set(component, positions);
    return positions;
  }

  /** Saves them all; one that cannot be written is an error in the log, and tried again the next time. */
  async save(): Promise<void> {
    for (const [component, positions] of this.#opened) {
      try {
        await positions.save();
        await positions.clean();
      } catch (caught) {
        this.#log.error("error writing positions file", { component_id: component, error: String(caught) });
      }
    }
  }
}

import { mkdir, open, readFile, rename, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { parse, stringify } from "yaml";
import { z } from "zod";
import { error, FleetError } from "../../diagnostics/index.ts";

/** What a position is of: a file's path and its labels, or a cursor's key with no labels. */
export interface PositionKey {
  path: string;
  labels: string;
}

const Key = z.map(z.string(), z.string());
const PositionsFile = z
  .map(z.literal("positions"), z.map(Key, z.coerce.string()).nullable())
  .nullable()
  .transform((file) => [...(file?.get("positions") ?? [])]);

/**
 * How far a component has read: Alloy's positions.yml, in the same place and form, so that Alloy can go on where
 * this one stopped, and the other way round.
 */
export class Positions {
  readonly #path: string;
  readonly #positions: Map<string, string>;
  #changed = false;
  #saving: Promise<void> = Promise.resolve();

  private constructor(path: string, positions: Map<string, string>) {
    this.#path = path;
    this.#positions = positions;
  }

  /**
   * The positions of a file, none when there is no such file.
   *
   * @throws FleetError `ship/positions-unreadable`; Alloy refuses to start then too.
   */
  static async open(path: string): Promise<Positions> {
    const text = await readIfThere(path);
    const found = PositionsFile.safeParse(text === undefined ? null : parseYaml(text));
    if (found.data === undefined) {
      throw new FleetError(
        error("ship/positions-unreadable", `${path} is no file of positions`, {
          hint: "delete it to read again from max_age on",
        }),
      );
    }
    return new Positions(
      path,
      new Map(
        found.data.map(([key, value]) => [
          join({ path: key.get("path") ?? "", labels: key.get("labels") ?? "" }),
          value,
        ]),
      ),
    );
  }

  get(key: PositionKey): string | undefined {
    return this.#positions.get(join(key));
  }

  put(key: PositionKey, value: string): void {
    const joined = join(key);
    if (this.#positions.get(joined) === value) return;
    this.#positions.set(joined, value);
    this.#changed = true;
  }

  /** Forgets the files that are no longer there; cursors stay. */
  async clean(): Promise<void> {
    for (const joined of [...this.#positions.keys()]) {
      const { path } = split(joined);
      if (path.startsWith(CURSOR) || (await isThere(path))) continue;
      this.#positions.delete(joined);
      this.#changed = true;
    }
  }

  /** Writes the file anew, all or nothing, when a position has changed since. */
  save(): Promise<void> {
    this.#saving = this.#saving.catch(() => undefined).then(() => this.#save());
    return this.#saving;
  }

  async #save(): Promise<void> {
    if (!this.#changed) return;
    this.#changed = false;
    const positions = new Map([...this.#positions].map(([joined, value]) => [split(joined), value]));
    await mkdir(dirname(this.#path), { recursive: true, mode: 0o750 });
    const temporary = `${this.#path}.new`;
    const file = await open(temporary, "w", 0o600);
    try {
      await file.writeFile(stringify({ positions }, { lineWidth: 0 }));
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, this.#path);
  }
}

const CURSOR = "cursor-";

/** Where a journal source keeps its cursor. */
export function cursorKey(component: string): PositionKey {
  return { path: CURSOR + component, labels: "" };
}

function join({ path, labels }: PositionKey): string {
  return `${path}\0${labels}`;
}

function split(joined: string): PositionKey {
  const [path = "", labels = ""] = joined.split("\0");
  return { path, labels };
}

function parseYaml(text: string): unknown {
  try {
    return parse(text, { mapAsMap: true });
  } catch {
    return undefined;
  }
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (caught) {
    if ((caught as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw new FleetError(error("ship/positions-unreadable", `${path} cannot be read: ${String(caught)}`));
  }
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

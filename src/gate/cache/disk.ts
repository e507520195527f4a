import { createHash, randomUUID } from "node:crypto";
import { lstatSync, readdirSync, readFileSync, readlinkSync, type BigIntStats, type Dirent } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import type { Look } from "../../nix/index.ts";
import { signatureOf, stepOf, type StatCache } from "./stat-cache.ts";

/**
 * An input of a verdict: a look of the evaluation, or a program (its file as it was installed, without its libraries
 * being read: a new installation gives the file another change time).
 */
export type Input = Look | { kind: "program"; subject: string };

/** Where a path leads once every link on the way is followed; `stats` is undefined where nothing is. */
interface Place {
  real: string;
  stats: BigIntStats | undefined;
}

/** Links on the way to one file, after which the kernel gives up. */
const MOST_LINKS = 40;
/** A store path; what is in it never changes. */
const STORE_PATH = /^\/nix\/store\/[0-9a-z]{32}-[^/]+/;

/**
 * Sees the world as it is, each file once: what it has looked at it does not look at again. So one is made for each
 * time at which the world is to be seen.
 */
export class Disk {
  readonly #places = new Map<string, Place>();
  readonly #lstats = new Map<string, BigIntStats | undefined>();
  readonly #trees = new Map<string, { digest: string; newest: bigint }>();
  readonly #stats: StatCache;
  readonly #env: Readonly<Record<string, string | undefined>>;

  constructor(stats: StatCache, env: Readonly<Record<string, string | undefined>>) {
    this.#stats = stats;
    this.#env = env;
  }

  /**
   * What an input is now, as text: the same text means that whatever looked at it would see the same. Where a path
   * leads is a part of that, since Nix finds relative imports from there and names it in messages.
   */
  digest(input: Input): string {
    try {
      return this.#digest(input);
    } catch {
      // It may not be read, or went away while it was: then it is not known to be what it was.
      return `unreadable ${randomUUID()}`;
    }
  }

  #digest({ kind, subject }: Input): string {
    switch (kind) {
      case "env": {
        const value = this.#env[subject];
        return value === undefined ? "unset" : `set ${hash(value)}`;
      }
      case "impure":
        return "never the same";
      case "exists":
      case "absent":
        return `${this.#typeOf(subject)} ${this.#describe(this.#follow(subject), () => "")}`;
      case "program":
        return this.#describe(this.#follow(subject), ({ stats }) =>
          stats === undefined ? "" : signatureOf(stats),
        );
      case "import":
      case "read":
        return this.#describe(this.#imported(kind, subject), (place) => this.#contents(place));
      case "list":
        return this.#describe(this.#follow(subject), (place) => this.#names(place));
      case "tree":
        return this.#describe(this.#follow(subject), (place) => this.#tree(place).digest);
    }
  }

  /**
   * True when an input may have changed at `since` (milliseconds since 1970) or later. Of directories that lead to it
   * those below `root` count.
   */
  changedSince({ kind, subject }: Input, since: number, root: string): boolean {
    if (kind === "env") return false;
    if (kind === "impure") return true;
    const place = kind === "import" ? this.#imported(kind, subject) : this.#follow(subject);
    if (isImmutable(place.real)) return false;
    // Nothing was seen, and nothing is there.
    if (kind === "absent") return place.stats !== undefined;
    const late = (stats: BigIntStats): boolean => stats.ctimeNs + stepOf(stats) >= BigInt(since) * 1_000_000n;
    for (const path of [subject, place.real]) {
      const own = this.#nearest(path);
      // A directory also counts as changed when something in it comes or goes, which only some look at.
      const lists = kind === "list" || kind === "tree" || own.path !== path;
      if ((lists || !own.stats.isDirectory()) && late(own.stats)) return true;
      for (let above = dirname(own.path); above.startsWith(root); above = dirname(above)) {
        const stats = this.#lstat(above);
        if (stats !== undefined && late(stats)) return true;
      }
    }
    return kind === "tree" && this.#tree(place).newest >= BigInt(since) * 1_000_000n;
  }

  /** What is at a path, or the nearest directory above it that is there. */
  #nearest(path: string): { path: string; stats: BigIntStats } {
    for (let at = path; ; at = dirname(at)) {
      const stats = this.#lstat(at);
      if (stats !== undefined) return { path: at, stats };
    }
  }

  #imported(kind: "import" | "read", subject: string): Place {
    const place = this.#follow(subject);
    return kind === "import" && place.stats?.isDirectory() === true
      ? this.#follow(join(place.real, "default.nix"))
      : place;
  }

  #describe(place: Place, more: (place: Place) => string): string {
    const { real, stats } = place;
    if (stats === undefined) return `nothing at ${real}`;
    return `${typeOf(stats)} ${real} ${isImmutable(real) ? "store" : more(place)}`;
  }

  /** The kind of a directory entry itself; of a link also where it leads. */
  #typeOf(path: string): string {
    const parent = this.#follow(dirname(path));
    const own = join(parent.real, basename(path));
    const stats = this.#lstat(own);
    if (stats === undefined) return "nothing";
    return stats.isSymbolicLink() ? `link to ${readlinkSync(own)}` : typeOf(stats);
  }

  #follow(path: string, links = 0): Place {
    const known = this.#places.get(path);
    if (known !== undefined) return known;
    const place = this.#lead(path, links);
    this.#places.set(path, place);
    return place;
  }

  #lead(path: string, links: number): Place {
    const above = dirname(path);
    if (above === path) return { real: path, stats: this.#lstat(path) };
    const parent = this.#follow(above, links);
    const name = basename(path);
    if (name === "..") return { real: dirname(parent.real), stats: this.#lstat(dirname(parent.real)) };
    const real = join(parent.real, name);
    if (parent.stats?.isDirectory() !== true) return { real, stats: undefined };
    const stats = this.#lstat(real);
    if (stats?.isSymbolicLink() !== true) return { real, stats };
    if (links > MOST_LINKS) return { real, stats: undefined };
    return this.#follow(resolve(parent.real, readlinkSync(real)), links + 1);
  }

  #lstat(path: string): BigIntStats | undefined {
    if (this.#lstats.has(path)) return this.#lstats.get(path);
    let stats: BigIntStats | undefined;
    try {
      stats = lstatSync(path, { bigint: true, throwIfNoEntry: false });
    } catch {
      // Below a directory that may not be searched there is nothing, for Nix as for us.
    }
    this.#lstats.set(path, stats);
    return stats;
  }

  #contents({ real, stats }: Place): string {
    if (stats?.isFile() !== true) return "";
    return this.#stats.digest(real, stats, () => hash(readFileSync(real)));
  }

  #names({ real, stats }: Place): string {
    if (stats?.isDirectory() !== true) return "";
    return this.#stats.digest(real, stats, () =>
      hash(
        entriesOf(real)
          .map((entry) => `${kindOf(entry)} ${entry.name}`)
          .join("\0"),
      ),
    );
  }

  /** A file with its contents, or a directory with all that is below it, and when any of it was changed last. */
  #tree(place: Place): { digest: string; newest: bigint } {
    const known = this.#trees.get(place.real);
    if (known !== undefined) return known;
    const { real, stats } = place;
    let tree = { digest: "nothing", newest: 0n };
    if (stats?.isDirectory() === true) {
      const names = this.#names(place);
      const inner = entriesOf(real).map(({ name }) => {
        const path = join(real, name);
        return this.#tree({ real: path, stats: this.#lstat(path) });
      });
      tree = {
        digest: hash([names, ...inner.map(({ digest }) => digest)].join("\0")),
        newest: inner.reduce((newest, one) => (one.newest > newest ? one.newest : newest), newestOf(stats)),
      };
    } else if (stats !== undefined) {
      const what = stats.isSymbolicLink() ? readlinkSync(real) : this.#contents(place);
      tree = { digest: `${typeOf(stats)} ${what}`, newest: newestOf(stats) };
    }
    this.#trees.set(real, tree);
    return tree;
  }
}

function newestOf(stats: BigIntStats): bigint {
  return stats.ctimeNs + stepOf(stats);
}

function isImmutable(real: string): boolean {
  return STORE_PATH.test(real);
}

function entriesOf(directory: string): Dirent[] {
  return readdirSync(directory, { withFileTypes: true }).sort((left, right) =>
    left.name < right.name ? -1 : 1,
  );
}

/** The kinds that Nix tells apart; what a program may run is one of them. */
function typeOf(stats: BigIntStats): string {
  if (stats.isDirectory()) return "directory";
  if (stats.isSymbolicLink()) return "link";
  if (!stats.isFile()) return "unknown";
  return (stats.mode & 0o100n) === 0n ? "file" : "executable";
}

function kindOf(entry: Dirent): string {
  if (entry.isDirectory()) return "directory";
  if (entry.isSymbolicLink()) return "link";
  return entry.isFile() ? "file" : "unknown";
}

function hash(data: string | Uint8Array): string {
  return createHash("sha256").update(data).digest("base64url");
}

import { randomBytes } from "node:crypto";

/** Something that an evaluation looked at, and so depends on. */
export interface Look {
  /**
   * What it saw: a file or, by default.nix, a directory that was `import`ed; a file's text (`read`); a directory's names
   * (`list`); what is there (`exists`), or that nothing is (`absent`); a file or directory with all that is in it
   * (`tree`); a variable of the environment (`env`); or what cannot be looked at again (`impure`).
   */
  kind: (typeof KINDS)[number];
  /** An absolute path, a variable's name, or for `impure` what it was: "builtins.currentTime". */
  subject: string;
}

const KINDS = ["import", "read", "list", "exists", "absent", "tree", "env", "impure"] as const;

/** What Nix says at its second level of verbosity when a path becomes a store path. */
const COPIED = /^copied source '(.+)' -> '/;
const EVALUATED = /^evaluating file '(.+)'$/;

/** A line of a watched evaluation: a look, the answer for a host of a batch, or undefined for any other. */
export type WatchedLine = { look: Look } | { copied: string } | { answer: unknown } | undefined;

/** Reads what a watched evaluation (see nix/gate/world.nix) writes to stderr. */
export class Watch {
  /** Begins every line of ours; not to be guessed by what is evaluated. */
  readonly nonce = `fleet-${randomBytes(9).toString("base64url")}`;
  readonly #prefix = `trace: ${this.nonce} `;

  read(line: string): WatchedLine {
    if (line.startsWith(this.#prefix)) return told(line.slice(this.#prefix.length));
    const copied = COPIED.exec(line)?.[1];
    if (copied !== undefined) return { copied };
    const evaluated = EVALUATED.exec(line)?.[1];
    return evaluated === undefined ? undefined : { look: { kind: "read", subject: evaluated } };
  }

  /** `stderr` without what a watched evaluation adds to it. */
  strip(stderr: string): string {
    return stderr
      .split("\n")
      .filter((line) => !line.startsWith(this.#prefix) && !COPIED.test(line) && !EVALUATED.test(line))
      .join("\n");
  }
}

function told(text: string): WatchedLine {
  try {
    const [kind, subject] = JSON.parse(text) as [string, unknown];
    return kind === "host" ? { answer: subject } : { look: lookAt(kind, String(subject)) };
  } catch {
    // A Nix that was killed leaves half a line.
    return undefined;
  }
}

function lookAt(kind: string, subject: string): Look {
  const known = KINDS.find((one) => one === kind);
  return known === undefined ? { kind: "impure", subject: `${kind} ${subject}` } : { kind: known, subject };
}

/** As Alloy's `logging` block names them, the most talkative first. */
export const LEVELS = ["debug", "info", "warn", "error"] as const;
export type Level = (typeof LEVELS)[number];

export type Fields = Readonly<Record<string, string | number>>;

/** Writes lines as Alloy does: `ts=... level=info msg="..." component_id=loki.write.default`. */
export class Logger {
  readonly #write: (line: string) => void;
  readonly #fields: Fields;
  readonly #threshold: { level: Level };

  constructor(
    write: (line: string) => void,
    fields: Fields = {},
    threshold: { level: Level } = { level: "info" },
  ) {
    this.#write = write;
    this.#fields = fields;
    this.#threshold = threshold;
  }

  /** A logger whose lines have these fields too; its level stays this one's. */
  with(fields: Fields): Logger {
    return new Logger(this.#write, { ...this.#fields, ...fields }, this.#threshold);
  }

  /** Lines below this level are left out, of this logger and of all made from it. */
  set level(level: Level) {
    this.#threshold.level = level;
  }

  debug(msg: string, fields?: Fields): void {
    this.#log("debug", msg, fields);
  }

  info(msg: string, fields?: Fields): void {
    this.#log("info", msg, fields);
  }

  warn(msg: string, fields?: Fields): void {
    this.#log("warn", msg, fields);
  }

  error(msg: string, fields?: Fields): void {
    this.#log("error", msg, fields);
  }

  #log(level: Level, msg: string, fields: Fields = {}): void {
    if (LEVELS.indexOf(level) < LEVELS.indexOf(this.#threshold.level)) return;
    this.#write(logfmt({ ts: new Date().toISOString(), level, msg, ...this.#fields, ...fields }));
  }
}

/** `name=value` pairs; a value is quoted where it has blanks, quotes, `=` or control characters, or is empty. */
export function logfmt(fields: Fields): string {
  return Object.entries(fields)
    .map(([name, value]) => `${name}=${quoted(String(value))}`)
    .join(" ");
}

function quoted(value: string): string {
  return /^[^\s"=\p{Cc}]+$/u.test(value) ? value : JSON.stringify(value);
}

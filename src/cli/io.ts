import { diagnosticJson, renderDiagnostic, type Diagnostic, type TextOf } from "../diagnostics/index.ts";
import { joinTerminal } from "./terminal.ts";

/** Where a command's output goes. Commands never touch `process` themselves. */
export interface Io {
  /** The directory the command was called in. */
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** True when stderr may carry colour. */
  readonly color: boolean;
  /** Columns of the terminal, 80 when unknown. */
  readonly columns: number;
  readonly quiet: boolean;
  /** Aborted by Ctrl-C or SIGTERM; long work ends soon after. */
  readonly signal: AbortSignal;
  /** Has `listener` called at each SIGHUP; gives how to end that. */
  onHangup(listener: () => void): () => void;
  /** All of standard input. */
  stdin(): Promise<string>;
  /** The answer of a person to a question; undefined where nobody is there to give one. */
  ask(question: string): Promise<string | undefined>;
  /** The answer: goes to stdout as it is. */
  out(text: string): void;
  /** The same for much text: settles when whoever reads stdout has caught up. */
  outAll(text: string): Promise<void>;
  /** One JSON document on stdout. */
  json(value: unknown): void;
  /** Progress and logs: a line to stderr, unless --quiet. */
  log(line: string): void;
  /** Joins the terminal with a socket until the person leaves. */
  connect(path: string): Promise<void>;
  /** Diagnostics for a person, on stderr, also with --quiet. */
  report(diagnostics: readonly Diagnostic[], textOf?: TextOf): void;
}

export interface Streams {
  stdout: {
    write(text: string): unknown;
    writableNeedDrain?: boolean;
    once?(event: "drain", listener: () => void): unknown;
  };
  stderr: { write(text: string): unknown; isTTY?: boolean; columns?: number };
  stdin: AsyncIterable<string | Uint8Array> & { isTTY?: boolean; setRawMode?: (raw: boolean) => unknown };
}

/** An Io over real or test streams. */
export function createIo(settings: {
  streams: Streams;
  env: Readonly<Record<string, string | undefined>>;
  cwd: string;
  quiet: boolean;
  signal: AbortSignal;
}): Io {
  const { streams, env, cwd, quiet, signal } = settings;
  const color = streams.stderr.isTTY === true && !env["NO_COLOR"] && env["TERM"] !== "dumb";
  return {
    cwd,
    env,
    color,
    columns: streams.stderr.columns ?? 80,
    quiet,
    signal,
    onHangup(listener) {
      process.on("SIGHUP", listener);
      return () => process.off("SIGHUP", listener);
    },
    async stdin() {
      const chunks: Uint8Array[] = [];
      for await (const chunk of streams.stdin)
        chunks.push(typeof chunk === "string" ? Buffer.from(chunk) : chunk);
      return Buffer.concat(chunks).toString("utf8");
    },
    async ask(question) {
      if (streams.stdin.isTTY !== true) return undefined;
      streams.stderr.write(question);
      let answer = "";
      for await (const chunk of streams.stdin) {
        answer += typeof chunk === "string" ? chunk : Buffer.from(chunk).toString("utf8");
        if (answer.includes("\n")) break;
      }
      return answer.split("\n")[0]?.trim() ?? "";
    },
    out: (text) => void streams.stdout.write(text),
    async outAll(text) {
      const { stdout } = streams;
      stdout.write(text);
      if (stdout.writableNeedDrain === true) await new Promise<void>((done) => stdout.once?.("drain", done));
    },
    json: (value) => void streams.stdout.write(`${JSON.stringify(value, null, 2)}\n`),
    log(line) {
      if (!quiet) streams.stderr.write(`${line}\n`);
    },
    connect: (path) => joinTerminal(streams, path, signal),
    report(diagnostics, textOf) {
      const options = { color, ...(textOf === undefined ? {} : { textOf }) };
      for (const diagnostic of diagnostics)
        streams.stderr.write(`${renderDiagnostic(diagnostic, options)}\n`);
    },
  };
}

/** The document that `--json` prints when a run could not take place. */
export function failureJson(diagnostics: readonly Diagnostic[]): unknown {
  return { ok: false, diagnostics: diagnostics.map(diagnosticJson) };
}

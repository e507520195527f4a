import { main } from "../../src/cli/main.ts";

export interface Outcome {
  code: number;
  out: string;
  err: string;
}

/** Runs a command line in this process, with streams of its own. */
export async function fleet(...argv: string[]): Promise<Outcome> {
  let out = "";
  let err = "";
  const code = await main(argv, {
    stdout: { write: (text) => (out += text) },
    stderr: { write: (text) => (err += text) },
    stdin: (async function* () {})(),
  });
  return { code, out, err };
}

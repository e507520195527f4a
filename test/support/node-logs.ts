import { appendFile, mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Test } from "tap";
import { run, start, type Child } from "../../src/process/index.ts";

const FLEET = fileURLToPath(new URL("../../bin/fleet.js", import.meta.url));

/** A directory that a program sees as /var/log, so that a configuration is run to the letter. */
const AS_VAR_LOG = 'mount --bind "$1" /var/log && shift && exec "$@"';

/** How this machine gives a program a /var/log of its own; undefined where it does not. */
export async function ownVarLog(directory: string): Promise<readonly string[] | undefined> {
  for (const flags of [["--mount"], ["--map-root-user", "--mount"]]) {
    const command = ["unshare", ...flags, "sh", "-c", AS_VAR_LOG, "own-var-log", directory];
    const tried = await run(command[0] ?? "", [...command.slice(1), "true"]).catch(() => undefined);
    if (tried?.exitCode === 0) return command;
  }
  return undefined;
}

/** Log files of pods, laid out and written as the kubelet and a CRI runtime do. */
export class PodLogFiles {
  readonly #root: string;
  /** Of the newest line, in milliseconds. */
  #time = Date.now() - 60_000;

  /** @param root what is /var/log */
  constructor(root: string) {
    this.#root = root;
  }

  /** Appends lines to /var/log/pods/NAMESPACE_POD_UID/CONTAINER/RESTARTS.log; a list is one line that was cut apart. */
  async write(
    {
      namespace,
      pod,
      container,
      restarts = 0,
    }: Record<"namespace" | "pod" | "container", string> & { restarts?: number },
    lines: readonly (string | readonly string[])[],
  ): Promise<void> {
    const uid = "c9730e0e-eae2-4dc0-aaa6-41f8a67c0e1d";
    const file = join(this.#root, "pods", `${namespace}_${pod}_${uid}`, container, `${restarts}.log`);
    await mkdir(dirname(file), { recursive: true });
    const parts = lines.flatMap((line) => {
      const pieces = typeof line === "string" ? [line] : line;
      return pieces.map((piece, index) => this.#line(piece, index === pieces.length - 1));
    });
    await appendFile(file, parts.join(""));
  }

  #line(text: string, last: boolean): string {
    this.#time += 10;
    const time = new Date(this.#time).toISOString().replace("Z", "123456Z");
    return `${time} stdout ${last ? "F" : "P"} ${text}\n`;
  }
}

/** Runs a configuration by `fleet ship run`, or by a real `alloy run`, with `varLog` as /var/log, until the test ends. */
export async function shipNode(
  t: Test,
  options: { config: string; prefix: readonly string[]; directory: string; alloy?: string },
): Promise<Child> {
  const { config, prefix, directory, alloy } = options;
  await mkdir(directory, { recursive: true });
  const file = join(directory, "config.alloy");
  await writeFile(file, config);
  const program = alloy === undefined ? [process.execPath, FLEET, "ship", "run"] : [alloy, "run"];
  const words: readonly string[] = [
    ...prefix,
    ...program,
    file,
    `--storage.path=${join(directory, "data")}`,
    "--server.http.listen-addr=127.0.0.1:0",
    "--disable-reporting",
  ];
  const child = start(words[0] ?? "", words.slice(1), { env: { NODE_NAME: "node-1" } });
  t.teardown(() => child.stop());
  return child;
}

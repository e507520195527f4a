import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { compareGates, withFuzzedFleet, type FuzzedRepository, type Random } from "./fuzzed-fleet.ts";

/** What a run of fault injection did. */
export interface GateFaults {
  /** Gates that were killed before their end. */
  killed: number;
  /** Gates that had ended before they could be. */
  ended: number;
  /** Files of the cache that were damaged. */
  damaged: number;
  /** Verdicts that were known all the same. */
  known: number;
}

const GATE = new URL("../../src/gate/index.ts", import.meta.url).href;
const FUZZED = new URL("./fuzzed-fleet.ts", import.meta.url).href;

/** A gate that writes every verdict into the cache; says when it begins. */
const PROGRAM = `
const { gate } = await import(${JSON.stringify(GATE)});
const { FUZZED_FLEET } = await import(${JSON.stringify(FUZZED)});
const [root, directory] = process.argv.slice(1);
process.stdout.write("begin");
await gate(FUZZED_FLEET, root, { env: process.env, cache: { directory, cold: true } });
`;

/**
 * Edits a small fleet, kills gates that fill a cache for it (two at once, every third round) at random moments with
 * SIGKILL, damages a random file of the cache now and then, and compares what the gate says after that with what it
 * says without a cache; `rounds` times.
 *
 * @throws Error for a difference
 */
export async function injectFaults(
  rounds: number,
  seed: number,
  onRound?: (round: number) => void,
): Promise<GateFaults> {
  return withFuzzedFleet(seed, async (repository, cache, draw) => {
    const result: GateFaults = { killed: 0, ended: 0, damaged: 0, known: 0 };
    let longest = 500;
    for (let round = 0; round < rounds; round++) {
      const edits = repository.edit();
      const gates = Array.from({ length: round % 3 === 0 ? 2 : 1 }, () =>
        killedGate(repository, cache, draw.below(longest * 1.2)),
      );
      for (const { killed, milliseconds } of await Promise.all(gates)) {
        result[killed ? "killed" : "ended"] += 1;
        if (!killed) longest = milliseconds;
      }
      if (round % 4 === 0 && damage(cache, draw)) result.damaged += 1;
      const { cached, difference } = await compareGates(repository, cache);
      if (difference !== undefined) {
        throw new Error(`round ${round} of seed ${seed}, after ${edits.join("; ")}: ${difference}`);
      }
      result.known += cached.hosts.filter((host) => host.cached).length;
      onRound?.(round);
    }
    return result;
  });
}

async function killedGate(
  { root, env }: FuzzedRepository,
  cache: string,
  after: number,
): Promise<{ killed: boolean; milliseconds: number }> {
  const child = spawn(process.execPath, ["--input-type=module", "--eval", PROGRAM, root, cache], {
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "inherit"],
    detached: true,
  });
  const ended = once(child, "exit");
  await Promise.race([once(child.stdout, "data"), ended]);
  const begun = performance.now();
  await Promise.race([setTimeout(after), ended]);
  const killed = child.exitCode === null && child.kill("SIGKILL");
  await ended;
  return { killed, milliseconds: performance.now() - begun };
}

/** Cuts a random file of the cache short, or overwrites some of it. */
function damage(cache: string, draw: Random): boolean {
  const files = readdirSync(cache, { recursive: true, encoding: "utf8" })
    .map((name) => join(cache, name))
    .filter((path) => statSync(path).isFile());
  if (files.length === 0) return false;
  const path = draw.pick(files.sort());
  const { size } = statSync(path);
  const at = draw.below(size + 1);
  if (draw.below(2) === 0) truncateSync(path, at);
  else {
    const text = readFileSync(path, "utf8");
    writeFileSync(path, `${text.slice(0, at)}"fail"${text.slice(at + 6)}`);
  }
  return true;
}

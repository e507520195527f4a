import { setTimeout as sleep } from "node:timers/promises";
import { error, FleetError } from "../diagnostics/index.ts";
import type { Probe, Retry } from "./machine.ts";

const TIMEOUT = 60_000;
const INTERVAL = 500;

/**
 * Asks `probe` until it says true. The try that comes after the deadline is the last one and is told so.
 *
 * @throws FleetError `vm/failed` when the last try said no; whatever a probe throws.
 */
export async function retry(
  what: string,
  probe: Probe,
  options: Retry & { signal?: AbortSignal },
): Promise<void> {
  const { timeout = TIMEOUT, interval = INTERVAL, signal } = options;
  const deadline = performance.now() + timeout;
  for (;;) {
    signal?.throwIfAborted();
    const left = deadline - performance.now();
    const last = left <= 0;
    if (await probe({ last })) return;
    if (last) throw new FleetError(error("vm/failed", `waited ${timeout / 1000} s in vain until ${what}`), 1);
    await sleep(Math.min(interval, left), undefined, signal === undefined ? {} : { signal });
  }
}

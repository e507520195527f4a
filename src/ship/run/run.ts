import { once } from "node:events";
import { Logger } from "./logger.ts";
import { Metrics } from "./metrics.ts";
import { serve, type Address } from "./server.ts";
import { Shipper, type ShipperOptions } from "./shipper.ts";

export interface RunOptions extends ShipperOptions {
  /** Where HTTP is served. */
  address: Address;
  /** Takes the log, a line at a time. */
  log: (line: string) => void;
  /** Has its argument called when the configuration is to be loaded anew (SIGHUP); gives how to end that. */
  onHangup: (listener: () => void) => () => void;
  /** Aborted when the run is to end. */
  signal: AbortSignal;
}

/**
 * Runs a configuration as `alloy run` does, until the signal is aborted, and then drains.
 *
 * @throws FleetError for a configuration that cannot be run, `ship/positions-unreadable`, `ship/address-unusable`.
 */
export async function runShipper(options: RunOptions): Promise<void> {
  const { signal } = options;
  const log = new Logger(options.log);
  const metrics = new Metrics();
  log.info("fleet's embedded shipper is starting: it stands in for Alloy in tests and is not Alloy", {
    alloy_version: options.alloyVersion,
  });
  const shipper = new Shipper(options, { metrics, log });
  const server = await serve({
    address: options.address,
    metrics,
    ready: () => shipper.ready,
    unhealthy: () => shipper.unhealthy,
    reload: () => {
      log.info("reload requested via /-/reload endpoint", { service: "http" });
      return shipper.reload();
    },
  });
  log.info("now listening for http traffic", {
    service: "http",
    addr: `${options.address.host}:${server.port}`,
  });
  try {
    await shipper.start();
    log.info("fleet's embedded shipper is running");
    const forget = options.onHangup(() => void shipper.reload());
    if (!signal.aborted) await once(signal, "abort");
    forget();
    log.info("shutting down");
    await shipper.stop();
    log.info("fleet's embedded shipper has ended");
  } finally {
    await server.close();
  }
}

import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { loadFleet } from "../../repository/index.ts";
import type { VerifyHost } from "../../rollout/index.ts";
import { logBySsh, verifyHost } from "../../verify/index.ts";
import type { Io } from "../io.ts";
import { hostConfiguration } from "../verify/configuration.ts";
import { lokiConnection } from "../verify/connection.ts";
import type { LokiOptions } from "./options.ts";

/** `fleet verify HOST --watch` as a step of a rollout: of what was logged since the host was deployed. */
export function rolloutVerification(root: string, options: LokiOptions, io: Io): VerifyHost {
  return async (host, deployed) => {
    const { fleet } = await loadFleet(root);
    const target = fleet.rollout.deploy.target.replaceAll("{host}", host.name);
    const { marker, loki, username, passwordFile, tokenFile, tenant, ca, timeout } = options;
    const report = await verifyHost({
      host: host.name,
      config: await hostConfiguration(root, fleet, host),
      loki: await lokiConnection(
        { root, fleet, host },
        { loki, username, passwordFile, tokenFile, tenant, ca, timeout },
        io,
      ),
      // Before its deployment the host may have logged through another pipeline.
      since: Math.min(Math.max(Date.now() - deployed.getTime(), 1000), LONGEST),
      within: fleet.rollout.verify.within,
      nonce: randomBytes(8).toString("hex"),
      clock: { now: Date.now, sleep: (milliseconds, signal) => sleep(milliseconds, undefined, { signal }) },
      signal: io.signal,
      log: (line) => {
        io.log(`${host.name}: ${line}`);
      },
      ...(marker === "ssh" ? { logMarked: logBySsh({ target, env: io.env, signal: io.signal }) } : {}),
    });
    const failed = report.checks.filter(({ status }) => status === "failed");
    const unseen = report.checks.filter(({ status }) => status === "unseen").length;
    const summary = failed.map(({ name, expected, seen }) => `${name}: expected ${expected}; seen: ${seen}`);
    return {
      ok: report.verified,
      summary: `${host.name}: ${summary.join("; ") || `nothing was seen of ${unseen} checks`}`,
    };
  };
}

/** Milliseconds that are looked at at most: enough to see each kind of line, and a question that Loki answers soon. */
const LONGEST = 3_600_000;

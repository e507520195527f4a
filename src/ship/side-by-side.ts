import { parseDuration } from "../alloy/index.ts";
import { pushUrl, queryEntries, type FoundEntry, type Loki, type Range } from "../loki/index.ts";
import type { Program } from "../programs/index.ts";
import { readJournal } from "./journal/directory.ts";
import { runRealAlloy } from "./real-alloy.ts";
import { runRealPromtail } from "./real-promtail.ts";
import { ANY_AGE, redirect } from "./redirect.ts";
import { ship } from "./ship.ts";

export interface SideBySideOptions {
  /** The journal directory that both read, whole: max_age keeps nothing out. */
  journal: string;
  /** A real Promtail with the text of its configuration; left out, only the Alloy configuration is shipped with. */
  promtail?: { program: Program; config: string };
  /** The Alloy configuration, shipped with by a real Alloy where one is given, else by fleet's embedded shipper. */
  alloy: { program: Program | undefined; config: { file: string; text: string }; version: string };
  /** A Loki with tenants, to which nothing else ships. */
  loki: Loki;
  /** The tenants that stages of either configuration choose. */
  tenants: readonly string[];
  /** The times of all that may arrive. */
  range: Range;
  journalctl: Program;
  env: Readonly<Record<string, string | undefined>>;
  log: (line: string) => void;
  signal: AbortSignal;
}

/** What is in Loki afterwards; `tenant` is the one that a stage chose. */
export interface SideBySide {
  promtail: readonly Shipped[] | undefined;
  alloy: readonly Shipped[];
}

export type Shipped = FoundEntry & { tenant: string | null };

/** Each side's entries carry its name under this label, by which Loki is asked for them; it is removed from the answer. */
const LABEL = "fleet_shipped_by";
/** The tenant of what no stage gives another. */
const TENANT = "fleet";

/**
 * Ships one journal into one Loki twice: by a real Promtail with its configuration, and with the Alloy configuration
 * that replaces it; and gives what Loki then has of either.
 *
 * @throws FleetError when a program fails, or Loki refuses what it is sent.
 */
export async function shipSideBySide(options: SideBySideOptions): Promise<SideBySide> {
  const { promtail, alloy, loki, journal, env, log, signal } = options;
  const agent = {
    journal,
    url: pushUrl(loki.url),
    tenant: TENANT,
    env,
    signal,
    quiet: quietTime(alloy.config.text, promtail?.config ?? ""),
  };
  try {
    if (promtail !== undefined) {
      const { program, config } = promtail;
      log(`shipping the journal with ${program.description}`);
      await runRealPromtail({ ...agent, promtail: program, config, labels: { [LABEL]: "promtail" } });
    }
    const label = { name: LABEL, value: "alloy" };
    if (alloy.program === undefined) {
      log("shipping the journal with fleet's embedded shipper");
      const text = redirect(alloy.config, { journal, maxAge: ANY_AGE, label });
      const to = { connection: { url: loki.url, tenant: TENANT, signal } };
      const entries = readJournal(journal, options.journalctl, { signal });
      const config = { file: alloy.config.file, text };
      await ship(entries, { config, env, to, alloyVersion: alloy.version, signal });
    } else {
      log(`shipping the journal with ${alloy.program.description}`);
      const redirection = { ...agent, maxAge: ANY_AGE, label };
      await runRealAlloy({ ...redirection, alloy: alloy.program, config: alloy.config });
    }
    return {
      promtail: promtail === undefined ? undefined : await arrived("promtail", options),
      alloy: await arrived("alloy", options),
    };
  } catch (caught) {
    // A Loki that ended explains whatever else went wrong.
    loki.check();
    throw caught;
  }
}

async function arrived(
  side: keyof SideBySide,
  { loki, tenants, range, signal }: SideBySideOptions,
): Promise<Shipped[]> {
  const found: Shipped[] = [];
  for (const tenant of [null, ...tenants]) {
    const connection = { url: loki.url, tenant: tenant ?? TENANT, signal, timeout: 60_000 };
    for (const entry of await queryEntries(connection, `{${LABEL}="${side}"}`, range)) {
      const { [LABEL]: _, ...labels } = entry.labels;
      found.push({ ...entry, labels, tenant });
    }
  }
  return found;
}

/** Milliseconds without news after which all is sent: longer than any multiline stage keeps its last lines. */
function quietTime(...configurations: readonly string[]): number {
  const waits = configurations.flatMap((text) => [
    // Three seconds is what a multiline stage waits where nothing is said.
    ...(text.includes("multiline") ? ["3s"] : []),
    ...[...text.matchAll(/max_wait_time["']?\s*[:=]\s*["']?([\w.]+)/g)].map(([, wait = ""]) => wait),
  ]);
  return 3000 + Math.max(0, ...waits.map((wait) => Number(parseDuration(wait) ?? 0n) / 1e6));
}

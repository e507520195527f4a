import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isAlias, isMap, isSeq, parseDocument, YAMLMap } from "yaml";
import { freePorts, start } from "../process/index.ts";
import type { Program } from "../programs/index.ts";
import { untilQuiet, type AgentReport } from "./agent.ts";
import { ANY_AGE } from "./redirect.ts";

export interface RealPromtailOptions {
  promtail: Program;
  /** The text of its configuration, YAML or JSON. */
  config: string;
  /** The journal directory that every journal scrape reads instead of its own. */
  journal: string;
  /** The push URL that every client gets instead of its own, without its credentials. */
  url: string;
  /** The tenant that the clients push for; none when left out. */
  tenant?: string;
  /** Labels that every entry gets, unless it has them. */
  labels?: Readonly<Record<string, string>>;
  env: Readonly<Record<string, string | undefined>>;
  log?: (line: string) => void;
  signal?: AbortSignal;
  /** Milliseconds without a new entry after which all is read; 3 s when left out. */
  quiet?: number;
}

const PROMTAIL = {
  name: "promtail",
  ready: "/ready",
  counters: {
    read: "promtail_journal_target_lines_total",
    sent: "promtail_sent_entries_total",
    dropped: "logentry_dropped_lines_total",
  },
  hint: "run promtail -check-syntax on the configuration",
} as const;

/**
 * Runs a real Promtail on a journal directory until it has nothing more to send, and ends it. Of its configuration
 * only the journal scrapes count, with the journal's path, the push URL and the positions changed, and a max_age that
 * keeps nothing out.
 *
 * @throws FleetError `ship/agent-failed` when Promtail ends by itself or does not come to rest.
 */
export async function runRealPromtail(options: RealPromtailOptions): Promise<AgentReport> {
  const directory = await mkdtemp(join(tmpdir(), "fleet-promtail-"));
  const file = join(directory, "promtail.yaml");
  const [http = 0, grpc = 0] = await freePorts(2);
  await writeFile(
    file,
    redirect(options, {
      server: {
        http_listen_address: "127.0.0.1",
        http_listen_port: http,
        grpc_listen_address: "127.0.0.1",
        grpc_listen_port: grpc,
      },
      positions: { filename: join(directory, "positions.yaml") },
    }),
  );
  const child = start(options.promtail.path, [`-config.file=${file}`], {
    env: options.env,
    ...(options.log === undefined ? {} : { onLine: options.log }),
  });
  try {
    return await untilQuiet({ child, url: `http://127.0.0.1:${http}`, ...PROMTAIL }, options);
  } finally {
    await child.stop();
    await rm(directory, { recursive: true, force: true });
  }
}

/**
 * The configuration with only what has to be changed: scalars stay as they are written, for what `yes` or `0777` means
 * depends on where Promtail reads it.
 */
function redirect(options: RealPromtailOptions, own: { server: object; positions: object }): string {
  const { config, journal, url, tenant, labels } = options;
  const document = parseDocument(config, { version: "1.1" });
  const follow = (node: unknown): unknown => (isAlias(node) ? node.resolve(document) : node);
  const maps = (node: unknown): YAMLMap[] => {
    const found = follow(node);
    return (isSeq(found) ? found.items.map(follow) : [found]).filter((item) => isMap(item));
  };
  const clients = [...maps(document.get("clients", true)), ...maps(document.get("client", true))];
  const scrapes = maps(document.get("scrape_configs", true)).filter((scrape) => scrape.has("journal"));
  for (const scrape of scrapes) {
    for (const block of maps(scrape.get("journal", true))) {
      block.set("path", journal);
      block.set("max_age", ANY_AGE);
    }
  }
  document.delete("client");
  document.set(
    "clients",
    clients.map((client, at) => {
      const [external = new YAMLMap()] = maps(client.get("external_labels", true));
      for (const [name, value] of Object.entries(labels ?? {})) external.set(name, value);
      // Promtail refuses clients that are the same but for their names.
      return document.createNode({
        ...{ name: `client-${at}`, url, external_labels: external },
        ...(tenant === undefined ? {} : { tenant_id: tenant }),
      });
    }),
  );
  document.set("scrape_configs", scrapes);
  document.set("server", own.server);
  document.set("positions", own.positions);
  return document.toString({ lineWidth: 0 });
}

import type { Value } from "../../alloy/index.ts";
import { CONSUL_AGENT, DISCOVERIES } from "../discovery.ts";
import type { Scrape } from "../scrape.ts";
import type { YamlPath } from "../yaml.ts";
import type { Conversion } from "./conversion.ts";
import { numbered, reference, sorted } from "./items.ts";
import type { Wiring } from "./wiring.ts";

/** Adds the discoveries of a job, whose targets loki.source.file then reads. */
export function addDiscoveries(config: Scrape, path: YamlPath, wiring: Wiring, conversion: Conversion): void {
  for (const [key, discovery] of Object.entries(DISCOVERIES)) {
    const given = (config as unknown as Record<string, Record<string, unknown>[] | undefined>)[key] ?? [];
    for (const [at, one] of given.entries()) {
      const label = numbered(wiring.label, at);
      wiring.add(`discovery.${discovery.component}`, label, discovery.items(one));
      wiring.targets.push(reference(`discovery.${discovery.component}`, label, "targets"));
      if (discovery.http) refuseMaxVersion(one, [...path, key, at], conversion);
      if (key === "digitalocean_sd_configs") refuseCredentials(one, [...path, key, at], conversion);
    }
  }
  const statics = staticTargets(config);
  if (statics.length > 0) wiring.targets.push(statics);
  for (const [at, agent] of (config.consulagent_sd_configs ?? []).entries()) {
    const label = numbered(wiring.label, at);
    wiring.add("discovery.consulagent", label, CONSUL_AGENT.items(agent));
    wiring.targets.push(reference("discovery.consulagent", label, "targets"));
  }
}

/** Every target of every group, with the group's labels; a group without targets stands for this machine. */
function staticTargets(config: Scrape): Value[] {
  return (config.static_configs ?? []).flatMap(({ targets = [], labels = {} }) =>
    (targets.length === 0 ? ["localhost"] : targets).map((address) =>
      sorted({ ...labels, __address__: address }),
    ),
  );
}

/** Refuses the one setting of a discovery's HTTP client that Alloy has nothing for. */
export function refuseMaxVersion(
  config: Readonly<Record<string, unknown>>,
  path: YamlPath,
  conversion: Conversion,
): void {
  const tls = config["tls_config"] as { max_version?: string } | undefined;
  if (tls?.max_version === undefined) return;
  const at = [...path, "tls_config", "max_version"];
  conversion.refuse("promtail/unsupported", at, "tls_config.max_version is not supported", "remove it");
}

function refuseCredentials(
  config: Readonly<Record<string, unknown>>,
  path: YamlPath,
  conversion: Conversion,
): void {
  const keys = ["basic_auth", "authorization", "bearer_token", "bearer_token_file", "oauth2", "tls_config"];
  for (const key of keys.filter((key) => config[key] !== undefined)) {
    conversion.refuse(
      "promtail/unsupported",
      [...path, key],
      `the converter does not take ${key} of digitalocean_sd_configs`,
      "write the discovery.digitalocean component by hand",
    );
  }
}

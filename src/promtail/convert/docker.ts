import { attribute } from "../../alloy/index.ts";
import { DOCKER } from "../discovery.ts";
import type { HttpClientConfig } from "../http-client.ts";
import type { Scrape } from "../scrape.ts";
import { formatDuration } from "../units.ts";
import type { YamlPath } from "../yaml.ts";
import type { Conversion } from "./conversion.ts";
import { refuseMaxVersion } from "./discoveries.ts";
import { httpItems } from "./http-client.ts";
import { numbered, put, putBlock, reference } from "./items.ts";
import type { Wiring } from "./wiring.ts";

/** Adds a discovery of containers and the source that reads their logs from the same daemon. */
export function addDocker(config: Scrape, path: YamlPath, wiring: Wiring, conversion: Conversion): void {
  for (const [at, docker] of (config.docker_sd_configs ?? []).entries()) {
    const label = numbered(wiring.label, at);
    refuseMaxVersion(docker, [...path, "docker_sd_configs", at], conversion);
    wiring.add("discovery.docker", label, DOCKER.items(docker));
    const forwardTo = wiring.forwardTo();
    const rules = wiring.rules();
    const { host = "", refresh_interval = 60_000_000_000n } = docker as {
      host?: string;
      refresh_interval?: bigint;
    };
    wiring.add("loki.source.docker", label, [
      attribute("host", host),
      attribute("targets", reference("discovery.docker", label, "targets")),
      attribute("forward_to", forwardTo),
      attribute("relabel_rules", rules),
      ...putBlock("http_client_config", httpItems(docker as HttpClientConfig)),
      ...put("refresh_interval", formatDuration(refresh_interval), "1m0s"),
    ]);
  }
}

import t from "tap";
import { parse } from "yaml";
import { COMPOSE_SOURCES, composeFile } from "../../src/dev/compose.ts";
import { provisioning } from "../../src/dev/grafana.ts";
import { DEFAULT_PORTS } from "../../src/dev/index.ts";

t.test("containers are published on loopback alone, at the ports that were asked for", (t) => {
  const { services } = parse(composeFile({ ...DEFAULT_PORTS, vault: 18200 })) as {
    services: Record<string, { ports: string[]; image: string }>;
  };
  const ports = Object.fromEntries(Object.entries(services).map(([name, service]) => [name, service.ports]));
  t.same(ports, {
    vault: ["127.0.0.1:18200:8200"],
    prometheus: ["127.0.0.1:9090:9090"],
    loki: ["127.0.0.1:3100:3100"],
    grafana: ["127.0.0.1:3000:3000"],
  });
  for (const { image } of Object.values(services)) t.match(image, /^docker\.io\/[^:]+:v?\d/);
  t.end();
});

t.test("every panel of the dashboard asks a data source that is there", (t) => {
  const files = provisioning(COMPOSE_SOURCES, "/provisioning");
  const { datasources } = parse(files.get("datasources/stores.yaml") ?? "") as {
    datasources: { uid: string }[];
  };
  const known = datasources.map(({ uid }) => uid);
  const { panels } = JSON.parse(files.get("dashboards/alloy.json") ?? "") as {
    panels: { title: string; datasource: { uid: string } }[];
  };
  t.ok(panels.length > 0);
  for (const { title, datasource } of panels) t.ok(known.includes(datasource.uid), title);
  t.match(files.get("dashboards/dashboards.yaml"), "path: /provisioning/dashboards");
  t.end();
});

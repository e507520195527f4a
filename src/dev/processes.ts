import { mkdir, realpath, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { lokiConfiguration } from "../loki/index.ts";
import { freePorts } from "../process/index.ts";
import type { Program } from "../programs/index.ts";
import { serviceUrl, VAULT_TOKEN, type Ports, type ServiceName } from "./ports.ts";

/** How a service is started as a plain process. */
export interface Launch {
  args: readonly string[];
  env?: Readonly<Record<string, string>>;
}

/** Writes what a service needs below the stack's directory, and gives its command line. All listen on loopback alone. */
export async function prepare(
  name: ServiceName,
  program: Program,
  ports: Ports,
  directory: string,
): Promise<Launch> {
  const data = join(directory, "data", name);
  await mkdir(data, { recursive: true });
  switch (name) {
    case "vault":
      return {
        args: ["server", "-dev", "-dev-no-store-token", `-dev-listen-address=127.0.0.1:${ports.vault}`],
        env: { VAULT_DEV_ROOT_TOKEN_ID: VAULT_TOKEN },
      };
    case "prometheus":
      return {
        args: [
          `--config.file=${join(directory, "prometheus.yaml")}`,
          `--storage.tsdb.path=${data}`,
          `--web.listen-address=127.0.0.1:${ports.prometheus}`,
          "--web.enable-remote-write-receiver",
          "--log.level=warn",
        ],
      };
    case "loki": {
      const [grpcPort = 0] = await freePorts(1);
      const config = join(directory, "loki.yaml");
      const settings = { directory: data, httpPort: ports.loki, grpcPort, multiTenant: false };
      await writeFile(config, lokiConfiguration(settings));
      return { args: [`-config.file=${config}`] };
    }
    case "grafana":
      return {
        // Beside its program, as packages have it: bin/grafana and share/grafana.
        args: ["server", `--homepath=${join(dirname(await realpath(program.path)), "../share/grafana")}`],
        env: {
          GF_SERVER_HTTP_ADDR: "127.0.0.1",
          GF_SERVER_HTTP_PORT: String(ports.grafana),
          GF_SERVER_ROOT_URL: serviceUrl(ports, "grafana"),
          GF_PATHS_DATA: data,
          GF_PATHS_LOGS: data,
          GF_PATHS_PROVISIONING: join(directory, "provisioning"),
          GF_AUTH_ANONYMOUS_ENABLED: "true",
          GF_AUTH_ANONYMOUS_ORG_ROLE: "Admin",
          GF_ANALYTICS_REPORTING_ENABLED: "false",
        },
      };
  }
}

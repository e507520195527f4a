import { stringify } from "yaml";
import { VAULT_TOKEN, type Ports, type ServiceName } from "./ports.ts";

/** The name under which the engine knows the stack. */
export const PROJECT = "fleet-dev";

/** The port of each service in its container. */
const INSIDE: Ports = { vault: 8200, prometheus: 9090, loki: 3100, grafana: 3000 };

/** The compose file of the stack. Paths are below the directory that the file is in. */
export function composeFile(ports: Ports): string {
  const published = (name: ServiceName): string[] => [`127.0.0.1:${ports[name]}:${INSIDE[name]}`];
  return stringify({
    name: PROJECT,
    services: {
      vault: {
        image: "docker.io/hashicorp/vault:1.20",
        environment: { VAULT_DEV_ROOT_TOKEN_ID: VAULT_TOKEN },
        cap_add: ["IPC_LOCK"],
        ports: published("vault"),
      },
      prometheus: {
        image: "docker.io/prom/prometheus:v3.5.0",
        command: ["--config.file=/etc/prometheus/prometheus.yaml", "--web.enable-remote-write-receiver"],
        volumes: ["./prometheus.yaml:/etc/prometheus/prometheus.yaml:ro"],
        ports: published("prometheus"),
      },
      // Its own configuration listens on all addresses of the container and keeps everything in it.
      loki: { image: "docker.io/grafana/loki:3.5.0", ports: published("loki") },
      grafana: {
        image: "docker.io/grafana/grafana:12.0.2",
        environment: { GF_AUTH_ANONYMOUS_ENABLED: "true", GF_AUTH_ANONYMOUS_ORG_ROLE: "Admin" },
        volumes: ["./provisioning:/etc/grafana/provisioning:ro"],
        ports: published("grafana"),
      },
    },
  });
}

/** Where Grafana finds the stores among containers. */
export const COMPOSE_SOURCES = { prometheus: "http://prometheus:9090", loki: "http://loki:3100" } as const;

/** What the local stack consists of. */
export const SERVICES = ["vault", "prometheus", "loki", "grafana"] as const;

export type ServiceName = (typeof SERVICES)[number];

export type Ports = Readonly<Record<ServiceName, number>>;

/** The ports that each of them is known by. */
export const DEFAULT_PORTS: Ports = { vault: 8200, prometheus: 9090, loki: 3100, grafana: 3000 };

/** The token of Vault's development mode: no secret, as nothing but loopback reaches it and nothing real is in it. */
export const VAULT_TOKEN = "devtoken";

/** Where a service answers. */
export function serviceUrl(ports: Ports, name: ServiceName): string {
  return `http://127.0.0.1:${ports[name]}`;
}

/** What answers 200 once a service is ready. */
export const READY_PATHS: Readonly<Record<ServiceName, string>> = {
  vault: "/v1/sys/health",
  prometheus: "/-/ready",
  loki: "/ready",
  grafana: "/api/health",
};

export const devCodes = {
  "dev/port-taken": "A port that a service of the local stack needs is taken",
  "dev/not-ready": "A service of the local stack did not start",
  "dev/no-grafana": "The local stack runs without Grafana",
  "dev/compose-failed": "The container engine could not start or stop the local stack",
  "dev/vault-refused": "The local Vault refused a request",
} as const;

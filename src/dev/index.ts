export { DEFAULT_PORTS, SERVICES, serviceUrl, VAULT_TOKEN, type Ports, type ServiceName } from "./ports.ts";
export { down, stackDirectory, status, up, type Service, type StackOptions } from "./stack.ts";
export { fillVault } from "./vault-secrets.ts";

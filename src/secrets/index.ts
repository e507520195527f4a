export { checkSecrets, type SecretsReport } from "./check.ts";
export { readCreationRules, type RecipientsFor } from "./creation-rules.ts";
export type { HostSecrets } from "./host-secrets.ts";

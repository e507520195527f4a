export const rulesCodes = {
  "rules/secrets-touched": "An encrypted file changes together with other files",
  "rules/state-version-changed": "A host's system.stateVersion changes",
  "rules/import-not-explicit": "A module is imported by something else than its path",
  "rules/alloy-option-missing": "A channel lacks an option that the Alloy module needs",
} as const;

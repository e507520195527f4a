export const migrateCodes = {
  "migrate/unknown-host": "The manifest has no host of that name",
  "migrate/not-alloy": "The canary is not to ship with Alloy",
  "migrate/no-change": "The canary is migrated already",
  "migrate/git-failed": "git could not commit the migration",
  "migrate/refused": "The real alloy does not accept the generated configuration",
  "migrate/assertion-failed": "What arrived in Loki is not what the Promtail configuration promises",
  "migrate/entries": "The file of journal entries cannot be read",
  "migrate/tree-changed": "The tree was changed while the migration ran",
  "migrate/no-machine": "There is no virtual machine to try the canary on",
} as const;

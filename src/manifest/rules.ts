/** How a rule's findings count. */
export type RuleLevel = "off" | "warn" | "error";

/** What changes of a repository are held to, by name: how a finding counts where the manifest says nothing, and what it asks. */
export const RULES = {
  "secrets-untouched": {
    level: "warn",
    asks: "An encrypted file of a host changes by itself, not together with anything else.",
  },
  "state-version-unchanged": {
    level: "error",
    asks: "system.stateVersion of a host that is there already stays as it is.",
  },
  "explicit-imports": {
    level: "warn",
    asks: "Modules are imported by paths that are written out: no search path, no text, no list that is computed.",
  },
  "alloy-options": {
    level: "error",
    asks: "Every channel has the options that the Alloy module is given its password and flags by.",
  },
} as const satisfies Record<string, { level: RuleLevel; asks: string }>;

export type RuleName = keyof typeof RULES;

export const RULE_NAMES = Object.keys(RULES) as RuleName[];

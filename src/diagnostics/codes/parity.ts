export const parityCodes = {
  "parity/arrived": "What real programs sent to a real Loki differs, from each other or from the models",
  "parity/behaviour": "Entries that come out of Alloy in another way than out of promtail",
  "parity/different": "A component that does not do what promtail does",
  "parity/extra": "A component that promtail has nothing for",
  "parity/missing": "A component that promtail has and the Alloy file has not",
  "parity/oracle": "What alloy convert says differs from what fleet says",
  "parity/oracle-missing": "alloy is not there to be asked",
} as const;

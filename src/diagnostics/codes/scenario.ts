export const scenarioCodes = {
  "scenario/unreadable": "A file is no scenario",
  "scenario/invalid": "A scenario does not make sense",
  "scenario/unknown": "There is no scenario of this name",
  "scenario/capture-unusable": "A text that a scenario captured cannot be used in commands and queries",
  "scenario/loki-differs": "Loki does not have what a scenario expects of it",
} as const;

export const shipCodes = {
  "ship/entries-unreadable": "A file of journal entries could not be read",
  "ship/journal-incomplete": "A journal could not be written whole",
  "ship/no-endpoint": "A configuration has no loki.write endpoint to ship to",
  "ship/endpoint-unusable": "An argument of an endpoint has no usable value",
  "ship/endpoint-unsupported": "An endpoint uses an argument that the embedded shipper does not know",
  "ship/labels-unreadable": "The external_labels of a loki.write cannot be added to",
  "ship/configuration-unreadable": "The configuration that the embedded shipper is to run could not be read",
  "ship/positions-unreadable": "A file that says how far a component has read could not be understood",
  "ship/address-unusable": "The address that the embedded shipper is to serve HTTP on cannot be used",
  "ship/no-journal-scrape": "A promtail configuration reads no journal, so there is nothing to prove",
  "ship/alloy-missing": "There is no real Alloy on this machine to ship with",
  "ship/agent-failed": "A real Alloy or Promtail that fleet had started did not ship what it was given",
} as const;

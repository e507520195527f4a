export const lokiCodes = {
  "loki/ended": "A Loki that fleet had started came to an end",
  "loki/not-ready": "A Loki that fleet had started did not become ready in time",
  "loki/unreachable": "A Loki could not be reached",
  "loki/rejected": "A Loki refused entries that were pushed to it",
  "loki/denied": "A Loki refused a query for want of credentials",
  "loki/busy": "A Loki answers no more queries for now",
  "loki/partial": "A Loki answered a query only in part",
  "loki/query-failed": "A Loki could not answer a query",
  "loki/too-many-at-once": "More entries bear one timestamp than Loki gives in one answer",
} as const;

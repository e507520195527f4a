export const verifyCodes = {
  "verify/no-configuration": "A host whose Alloy configuration is not to be had",
  "verify/no-host-label": "A configuration whose entries cannot be told from those of other hosts",
  "verify/marker-failed": "A marked line could not be logged on a host",
  "verify/no-credential": "The credential for asking Loki could not be had",
  "verify/not-seen": "There was no line by which a check of what a host ships could be judged",
  "verify/failed": "A check of what a host ships did not hold",
} as const;

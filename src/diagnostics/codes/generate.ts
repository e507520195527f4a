export const generateCodes = {
  "generate/nix-syntax": "A host's file is not Nix",
  "generate/no-imports": "A host's file has no imports list that could be added to",
  "generate/not-ours": "A file that would be written was not made by fleet",
  "generate/no-source": "Nothing says what the Alloy pipeline is to be made from",
  "generate/several-sources": "Hosts that share the Alloy module take over different pipelines",
  "generate/depends-on-host": "The Promtail module makes another configuration for each host",
  "generate/loki-differs": "The manifest and the Promtail configuration name different places to push to",
  "generate/planned": "A generated file is not there yet, and was made for this run alone",
  "generate/stale": "A generated file is not what fleet would write",
} as const;

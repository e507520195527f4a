/**
 * The arrows of docs/architecture.md: who may import whom. A part that is not named for another may not be
 * imported by it; what touches files, clock, processes or network may not be imported by the pure parts.
 */
const arrows = {
  alloy: ["diagnostics"],
  pipeline: ["alloy", "diagnostics"],
  "pipeline-test": ["pipeline", "alloy", "yaml", "diagnostics"],
  promtail: ["alloy", "diagnostics"],
  parity: ["pipeline", "promtail", "alloy", "diagnostics"],
  sample: ["diagnostics"],
  yaml: ["diagnostics"],
  manifest: ["yaml", "diagnostics"],
  nix: ["process", "programs", "manifest", "repository", "diagnostics"],
  generate: ["manifest", "alloy", "nix", "diagnostics"],
  repository: ["manifest", "diagnostics", "process"],
  programs: ["process", "diagnostics"],
  git: ["process", "repository", "diagnostics"],
  gate: ["nix", "manifest", "repository", "process", "programs", "diagnostics"],
  loki: ["process", "programs", "diagnostics"],
  ship: ["pipeline", "promtail", "alloy", "loki", "process", "programs", "diagnostics"],
  oracle: ["programs", "process", "diagnostics"],
  cluster: ["generate", "manifest", "repository", "process", "programs", "loki", "diagnostics"],
  init: ["generate", "promtail", "nix", "manifest", "repository", "diagnostics"],
  secrets: ["manifest", "repository", "diagnostics"],
  migrate: [
    "oracle",
    "secrets",
    "ship",
    "loki",
    "gate",
    "generate",
    "parity",
    "promtail",
    "pipeline",
    "alloy",
    "nix",
    "manifest",
    "repository",
    "programs",
    "process",
    "report",
    "diagnostics",
  ],
  process: ["diagnostics"],
  report: ["diagnostics"],
  diagnostics: [],
};

const pure = [
  "alloy",
  "pipeline",
  "pipeline-test",
  "promtail",
  "parity",
  "sample",
  "yaml",
  "manifest",
  "generate",
  "diagnostics",
  "report",
];

module.exports = {
  forbidden: [
    ...Object.entries(arrows).map(([part, may]) => ({
      name: `arrows-of-${part}`,
      severity: "error",
      from: { path: `^src/${part}/` },
      to: { path: "^src/", pathNot: `^src/(${[part, ...may].join("|")})/` },
    })),
    {
      name: "parts-through-their-index",
      comment: "Another part is imported through its index.ts, so that its inside can change.",
      severity: "error",
      from: { path: "^src/([^/]+)/" },
      to: {
        path: "^src/([^/]+)/",
        pathNot: "^src/$1/|^src/[^/]+/index\\.ts$|^src/nix/(text|scanner)\\.ts$|^src/alloy/syntax\\.ts$",
      },
    },
    {
      name: "generate-writes-nix-and-does-not-run-it",
      severity: "error",
      from: { path: "^src/generate/" },
      to: { path: "^src/nix/", pathNot: "^src/nix/(text|scanner)\\.ts$" },
    },
    {
      name: "pure",
      comment: "These parts are given text and return values. Hashes (crypto) are values too.",
      severity: "error",
      from: { path: `^src/(${pure.join("|")})/` },
      to: { dependencyTypes: ["core"], pathNot: "^(node:)?(util|path|buffer|crypto)$" },
    },
    {
      name: "only-process-runs-programs",
      severity: "error",
      from: { path: "^src/", pathNot: "^src/process/" },
      to: { path: "node_modules/execa|^(node:)?child_process$" },
    },
    {
      name: "no-circles",
      severity: "error",
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ["type-only", "dynamic-import"] } },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    doNotFollow: { path: "node_modules" },
    enhancedResolveOptions: { extensions: [".ts", ".js"] },
  },
};

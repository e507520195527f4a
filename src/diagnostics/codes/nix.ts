export const nixCodes = {
  "nix/not-found": "Nix is not on this machine",
  "nix/evaluation-failed": "Nix could not evaluate a file",
  "nix/syntax-error": "A Nix file has a syntax error",
  "nix/nixpkgs-missing": "The nixpkgs that a channel names is not there",
  "nix/too-old": "The nixpkgs needs a newer Nix than this machine has",
  "nix/killed": "Nix was ended before it had an answer",
} as const;

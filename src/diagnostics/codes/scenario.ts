export const scenarioCodes = {
  "scenario/unreadable": "A file is no scenario",
  "scenario/invalid": "A scenario does not make sense",
  "scenario/capture-unusable": "A text that a scenario captured cannot be used in commands and queries",
  "scenario/loki-differs": "Loki does not have what a scenario expects of it",
  "scenario/no-nixpkgs": "A NixOS test needs a nixpkgs or sops-nix that is not there",
  "scenario/nixos-test-failed": "A scenario failed as a NixOS test",
} as const;

export const gateCodes = {
  "gate/unknown-host": "A host that the manifest does not name",
  "gate/unknown-option": "A host defines an option that NixOS does not have",
  "gate/removed-option": "A host defines an option that its release removed",
  "gate/renamed-option": "A host defines an option under its old name",
  "gate/wrong-type": "An option's definition has the wrong type",
  "gate/conflicting-definitions": "An option's definitions contradict each other",
  "gate/failed-assertion": "NixOS refuses a combination of options",
  "gate/warning": "NixOS warns about a host's configuration",
  "gate/invalid-module": "A file is not a NixOS module",
  "gate/missing-file": "A host imports a file that is not there",
  "gate/evaluation-failed": "A host does not evaluate",
  "gate/release-differs": "A channel's nixpkgs is of another release than its name says",
} as const;

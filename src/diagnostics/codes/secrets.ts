export const secretsCodes = {
  "secrets/no-file": "A host has no encrypted file",
  "secrets/not-encrypted": "A value stands in plain text where sops should have encrypted it",
  "secrets/not-sops": "A file is not one that sops wrote",
  "secrets/no-secret": "A host's encrypted file lacks the secret that Alloy needs",
  "secrets/no-recipient": "A host cannot decrypt its own file",
  "secrets/unknown-recipient": "Nobody says who is to read a host's file",
  "secrets/bad-rules": ".sops.yaml cannot be read",
} as const;

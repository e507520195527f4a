import type { Normal, NormalBlock } from "./normal.ts";

/**
 * The differences that a migration makes on purpose:
 * - `credential`: the secret comes from somewhere else, `sys.env` in place of a file;
 * - `positions`: whether promtail's positions are taken over;
 * - `correction`: what `alloy convert` gets wrong is right here (see CompareOptions.corrected).
 */
export const ALLOWED = ["credential", "positions", "correction"] as const;
export type Allowed = (typeof ALLOWED)[number];

const SECRETS = new Set([
  "password",
  "password_file",
  "credentials",
  "credentials_file",
  "client_secret",
  "client_secret_file",
]);
const CREDENTIAL_BLOCKS = new Set(["basic_auth", "authorization", "oauth2"]);

export function isCredential(block: string, attribute: string): boolean {
  return CREDENTIAL_BLOCKS.has(block) && SECRETS.has(attribute);
}

/** The attribute that a block of credentials takes its secret from. */
export function secretOf(block: NormalBlock): { name: string; value: Normal } | undefined {
  return [...block.attributes.values()].find(({ name }) => isCredential(block.name, name));
}

/**
 * True when a secret of promtail's may have become this one. A file or an expression may take the place of any
 * secret; a text in the open may not.
 */
export function isMovedSecret(promtail: Normal, alloy: { name: string; value: Normal }): boolean {
  const inFile = alloy.name.endsWith("_file");
  const evaluated = alloy.value.kind === "expression" || alloy.value.kind === "reference";
  return promtail.kind === "literal" && promtail.value !== "" && (inFile || evaluated);
}

/** True for what says where promtail's positions are, not for the name under which they are looked up there. */
export function isPosition(block: string, name: string): boolean {
  return (
    name === "legacy_position" ||
    name === "legacy_positions_file" ||
    (block === "legacy_position" && name === "file")
  );
}

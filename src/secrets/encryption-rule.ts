import { RE2JS } from "re2js";

/** Says whether the value under these keys, outermost first, is to be encrypted. */
export type EncryptionRule = (path: readonly string[]) => boolean;

/** How a sops file limits what is encrypted; at most one of these is set. */
export interface EncryptionLimits {
  unencrypted_suffix?: string | null | undefined;
  encrypted_suffix?: string | null | undefined;
  unencrypted_regex?: string | null | undefined;
  encrypted_regex?: string | null | undefined;
}

/**
 * The rule by which sops decides per value, from the names of all keys above it:
 * https://getsops.io/docs/#encrypting-only-parts-of-a-file
 */
export function encryptionRule(limits: EncryptionLimits): EncryptionRule {
  const { unencrypted_suffix, encrypted_suffix, unencrypted_regex, encrypted_regex } = limits;
  if (encrypted_regex) return anyKey(matches(encrypted_regex));
  if (unencrypted_regex) return not(anyKey(matches(unencrypted_regex)));
  if (encrypted_suffix) return anyKey((key) => key.endsWith(encrypted_suffix));
  if (unencrypted_suffix) return not(anyKey((key) => key.endsWith(unencrypted_suffix)));
  return () => true;
}

/** True when sops could compile this pattern. */
export function isPattern(text: string): boolean {
  try {
    RE2JS.compile(text);
    return true;
  } catch {
    return false;
  }
}

function anyKey(test: (key: string) => boolean): EncryptionRule {
  return (path) => path.some(test);
}

function not(rule: EncryptionRule): EncryptionRule {
  return (path) => !rule(path);
}

function matches(pattern: string): (key: string) => boolean {
  const compiled = RE2JS.compile(pattern);
  return (key) => compiled.matcher(key).find();
}

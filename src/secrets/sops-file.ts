import { isMap, isScalar, isSeq, parseDocument, type Document, type ParsedNode, type YAMLMap } from "yaml";
import { z } from "zod";
import { error, LineIndex, type Diagnostic } from "../diagnostics/index.ts";
import { shellWord } from "./shell.ts";
import { encryptionRule, isPattern, type EncryptionRule } from "./encryption-rule.ts";

/** What can be known of a sops-encrypted YAML file without decrypting it. */
export interface SopsFile {
  /** The names at the top, those of sops itself left out. */
  secrets: readonly string[];
  /** The age recipients that can decrypt it. */
  recipients: readonly string[];
}

const Recipients = z.array(z.object({ recipient: z.string() })).nullish();

const Pattern = z.string().refine(isPattern).nullish();

/** What sops keeps beside the values: https://getsops.io/docs/#encryption-protocol */
const Metadata = z.object({
  mac: z.string().min(1),
  version: z.string(),
  age: Recipients,
  key_groups: z.array(z.object({ age: Recipients })).nullish(),
  unencrypted_suffix: z.string().nullish(),
  encrypted_suffix: z.string().nullish(),
  unencrypted_regex: Pattern,
  encrypted_regex: Pattern,
});

/** How sops writes an encrypted value. */
const ENCRYPTED = /^ENC\[AES256_GCM,data:[^,]*,iv:[^,]+,tag:[^,]+,type:[a-z]+\]$/;

/**
 * Reads the visible part of a sops file and checks that everything in it that is to be secret is encrypted. Its
 * diagnostics name places but have no span: the excerpt that comes with a span would show what is to be secret.
 */
export function readSopsFile(
  file: string,
  text: string,
): { sops: SopsFile | undefined; diagnostics: Diagnostic[] } {
  const index = new LineIndex(file, text);
  const document = parseDocument(text, { stringKeys: true, prettyErrors: false });
  const contents = document.contents;
  const [syntax] = document.errors;
  if (syntax !== undefined || !isMap(contents)) {
    const { line } = index.position(syntax?.pos[0] ?? 0);
    return { sops: undefined, diagnostics: [notSops(`${file}:${line} is no YAML mapping`, file)] };
  }
  const metadata = Metadata.safeParse(metadataOf(document));
  if (!metadata.success) {
    const reason = contents.has("sops") ? "its metadata is incomplete" : "it has no metadata";
    return { sops: undefined, diagnostics: [notSops(`${file} is not encrypted by sops: ${reason}`, file)] };
  }
  const { age, key_groups: groups } = metadata.data;
  const plain = plainValues(contents, encryptionRule(metadata.data));
  return {
    sops: {
      secrets: contents.items.map(({ key }) => keyText(key)).filter((name) => name !== "sops"),
      recipients: [age, ...(groups ?? []).map((group) => group.age)].flatMap((list) =>
        (list ?? []).map(({ recipient }) => recipient),
      ),
    },
    diagnostics: plain.map(({ path, offset }) => inPlainText(file, index.position(offset).line, path)),
  };
}

/** sops can neither encrypt a file that has its metadata nor decrypt one with a plain value in it. */
function inPlainText(file: string, line: number, path: readonly string[]): Diagnostic {
  const key = shellWord(path.map((name) => `[${JSON.stringify(name)}]`).join(""));
  return error("secrets/not-encrypted", `${file}:${line} holds ${path.join(".")} in plain text`, {
    hint: `take the line out, then put in another value, as this one has been readable:
printf '"%s"' "$VALUE" | sops set --ignore-mac --value-stdin ${shellWord(file)} ${key}`,
  });
}

function notSops(message: string, file: string): Diagnostic {
  return error("secrets/not-sops", message, {
    hint: `sops encrypt --in-place ${shellWord(file)}\nand change what it held, if it was ever committed`,
  });
}

/** What stands under `sops:`; undefined also when aliases lead nowhere. */
function metadataOf(document: Document): unknown {
  try {
    return (document.toJS() as Record<string, unknown>)["sops"];
  } catch {
    return undefined;
  }
}

interface PlainValue {
  path: readonly string[];
  offset: number;
}

/** The values outside of `sops:` that the rule wants encrypted and that are not. */
function plainValues(contents: YAMLMap.Parsed, rule: EncryptionRule): PlainValue[] {
  const found: PlainValue[] = [];
  const walk = (node: ParsedNode | null, path: readonly string[]): void => {
    if (isMap(node)) for (const { key, value } of node.items) walk(value, [...path, keyText(key)]);
    else if (isSeq(node)) for (const item of node.items) walk(item, path);
    else if (isScalar(node) && holdsText(node.value) && rule(path) && !ENCRYPTED.test(String(node.value))) {
      found.push({ path, offset: node.range[0] });
    }
  };
  for (const { key, value } of contents.items) if (keyText(key) !== "sops") walk(value, [keyText(key)]);
  return found;
}

/** sops leaves null and the empty string as they are. */
function holdsText(value: unknown): boolean {
  return value !== null && value !== "";
}

function keyText(key: ParsedNode): string {
  return isScalar(key) ? String(key.value) : "";
}

import { error, LineIndex, warning, type Diagnostic, type Span } from "../diagnostics/index.ts";
import type { Fleet, Host } from "../manifest/index.ts";
import type { RecipientsFor } from "./creation-rules.ts";
import { shellWord } from "./shell.ts";
import { readSopsFile } from "./sops-file.ts";

/** What a check of one host's encrypted file found. */
export interface HostSecrets {
  host: string;
  file: string;
  encrypted: boolean;
  /** The secret that the Alloy module needs is in the file. */
  secret: boolean;
  /** All who should be able to decrypt the file can; undefined when nobody says who should. */
  recipients: boolean | undefined;
  diagnostics: Diagnostic[];
}

/**
 * Checks a host's encrypted file without decrypting it. What is missing is an error for a host that is to ship
 * with Alloy, and a warning for others: they will need it when their turn comes.
 *
 * @param text of the file; undefined when it is not there
 * @param recipientsFor what .sops.yaml says
 */
export function checkHost(
  fleet: Fleet,
  host: Host,
  text: string | undefined,
  recipientsFor: RecipientsFor,
): HostSecrets {
  const { secrets: file } = host;
  const { env, sops: place } = fleet.loki.credential;
  const missing = host.ship === "alloy" ? error : warning;
  const nothing = { host: host.name, file, encrypted: false, secret: false, recipients: undefined };
  if (text === undefined) {
    const word = shellWord(file);
    const hint = `printf '${place.secret}: ${env}=%s\\n' "$PASSWORD" | sops encrypt --filename-override ${word} --output ${word}`;
    return {
      ...nothing,
      diagnostics: [
        missing("secrets/no-file", `host ${host.name} has no ${file}`, { span: sopsKey(file, ""), hint }),
      ],
    };
  }
  const { sops, diagnostics } = readSopsFile(file, text);
  if (sops === undefined) return { ...nothing, diagnostics };
  const secret = sops.secrets.includes(place.secret);
  if (!secret) {
    const hint = `printf '"${env}=%s"' "$PASSWORD" | sops set --value-stdin ${shellWord(file)} '["${place.secret}"]'`;
    diagnostics.push(
      missing("secrets/no-secret", `${file} has no ${place.secret}`, { span: sopsKey(file, text), hint }),
    );
  }
  const { held, found } = checkRecipients(host, sops.recipients, recipientsFor(file), sopsKey(file, text));
  diagnostics.push(...found);
  return { host: host.name, file, encrypted: true, secret, recipients: held, diagnostics };
}

/** A line of an encrypted file that can be shown whatever else is in it: the key under which sops keeps its own. */
function sopsKey(file: string, text: string): Span {
  const at = Math.max(0, text.search(/^sops:/m));
  return new LineIndex(file, text).span(at, at + "sops:".length);
}

function checkRecipients(
  host: Host,
  actual: readonly string[],
  ruled: readonly string[] | undefined,
  span: Span,
): { held: boolean | undefined; found: Diagnostic[] } {
  const { name, secrets: file, recipient } = host;
  const wanted = new Set([...(ruled ?? []), ...(recipient === undefined ? [] : [recipient])]);
  if (wanted.size === 0) {
    const hint = `add a rule for ${file} to .sops.yaml, or name the host's recipient: in the manifest`;
    return {
      held: undefined,
      found: [warning("secrets/unknown-recipient", `nobody says who is to read ${file}`, { span, hint })],
    };
  }
  const absent = [...wanted].filter((one) => !actual.includes(one));
  if (absent.length === 0) return { held: true, found: [] };
  const unruled = recipient !== undefined && ruled?.includes(recipient) !== true;
  const hint = `${unruled ? `add ${recipient} to the rule for ${file} in .sops.yaml, then:\n` : ""}sops updatekeys ${shellWord(file)}`;
  const message = `${file} of host ${name} is not encrypted to ${absent.join(", ")}`;
  return { held: false, found: [error("secrets/no-recipient", message, { span, hint })] };
}

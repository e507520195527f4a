import { createHash, randomBytes } from "node:crypto";
import type { LokiTarget } from "../../manifest/index.ts";
import { GUEST } from "../guest-layout.ts";
import { lokiPlace } from "../loki-place.ts";

/** What stands in front of a guest's Loki, so that it is pushed to as the fleet's is: by name, with TLS and password. */
export interface Front {
  /** A server block of nginx. */
  nginx: string;
  /** Lines `NAME:HASH` for nginx's basic authentication; undefined where the fleet has none. */
  passwords: string | undefined;
  /** What the guest's own address must be, besides loopback, where the URL names an address; else undefined. */
  address: string | undefined;
  /** The line of /etc/hosts; undefined where the URL names an address. */
  hosts: string | undefined;
  /** What the certificate must be for; undefined without TLS. */
  certificate: { subject: string; path: string; key: string } | undefined;
}

const CERTIFICATE = "/etc/ssl/fleet-loki.pem";
const KEY = "/etc/ssl/private/fleet-loki.key";
export const PASSWORDS = "/etc/nginx/fleet-loki.passwords";

/** Makes the front for the fleet's Loki. */
export function frontFor({ url, username }: LokiTarget, password: string): Front {
  const { name, listen, port, tls, prefix, subject } = lokiPlace(url);
  const at = `${listen.includes(":") ? `[${listen}]` : listen}:${port}`;
  const lines = [
    `listen ${at}${tls ? " ssl" : ""};`,
    ...(tls ? [`ssl_certificate ${CERTIFICATE};`, `ssl_certificate_key ${KEY};`] : []),
    "client_max_body_size 0;",
    "access_log off;",
    ...(username === undefined ? [] : ['auth_basic "Loki";', `auth_basic_user_file ${PASSWORDS};`]),
    `location ${prefix}/ { proxy_pass http://127.0.0.1:${GUEST.lokiPort}/; }`,
  ];
  return {
    nginx: `server {\n${lines.map((line) => `  ${line}\n`).join("")}}\n`,
    passwords: username === undefined ? undefined : `${username}:${salted(password)}\n`,
    address: name === undefined ? listen : undefined,
    hosts: name === undefined ? undefined : `${listen} ${name}`,
    certificate: tls ? { subject, path: CERTIFICATE, key: KEY } : undefined,
  };
}

/** A password as nginx compares it: SHA-1 of the password and a salt, and that salt (RFC 2307, SSHA). */
function salted(password: string): string {
  const salt = randomBytes(8);
  const hash = createHash("sha1").update(password).update(salt).digest();
  return `{SSHA}${Buffer.concat([hash, salt]).toString("base64")}`;
}

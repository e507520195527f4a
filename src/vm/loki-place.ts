import { isIP } from "node:net";

/** Where a fleet's Loki is pushed to, and where on a test's machine that is then. */
export interface LokiPlace {
  /** The name that has to lead to `listen`; undefined where the URL has an address. */
  name: string | undefined;
  /** The address that the front of Loki listens on. */
  listen: string;
  port: number;
  tls: boolean;
  /** What the path has before /loki/api/v1/push: "" or "/logs". */
  prefix: string;
  /** What the certificate must be for, as openssl takes it: "DNS:loki.example.com". */
  subject: string;
}

/** Another address of loopback than Loki's own, so that any port can be in front of it. */
const LOOPBACK = "127.0.0.2";

/** Reads a push URL. */
export function lokiPlace(url: string): LokiPlace {
  const { protocol, hostname, port, pathname } = new URL(url);
  const host = hostname.replace(/^\[(.*)\]$/, "$1");
  const isAddress = isIP(host) !== 0;
  const tls = protocol === "https:";
  return {
    name: isAddress ? undefined : host,
    listen: isAddress ? host : LOOPBACK,
    port: port === "" ? (tls ? 443 : 80) : Number(port),
    tls,
    prefix: pathname.replace(/\/loki\/api\/v1\/push\/?$/, ""),
    subject: `${isAddress ? "IP" : "DNS"}:${host}`,
  };
}

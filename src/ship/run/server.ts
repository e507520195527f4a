import { createServer, type ServerResponse } from "node:http";
import { error, FleetError } from "../../diagnostics/index.ts";
import type { Metrics } from "./metrics.ts";

export interface ServerOptions {
  address: Address;
  metrics: Metrics;
  ready: () => boolean;
  /** The components that do not work. */
  unhealthy: () => readonly string[];
  /** Loads the configuration anew; gives what is wrong with it. */
  reload: () => Promise<string | undefined>;
}

export interface Address {
  host: string;
  port: number;
}

/** Reads `127.0.0.1:12345`, `[::1]:12345` or `:12345`; undefined for anything else. */
export function parseAddress(text: string): Address | undefined {
  const match = /^(?:\[([0-9a-fA-F:]+)\]|([^:\s]*)):(\d{1,5})$/.exec(text);
  const port = Number(match?.[3]);
  if (match === null || port > 65_535) return undefined;
  return { host: match[1] ?? (match[2] === "" ? "::" : (match[2] ?? "")), port };
}

/**
 * Serves what scripts ask an Alloy for, with the same paths and statuses: /-/ready, /-/healthy, /-/reload, /metrics.
 *
 * @returns how to end it, and the port that it listens on
 * @throws FleetError `ship/address-unusable`
 */
export async function serve(options: ServerOptions): Promise<{ port: number; close: () => Promise<void> }> {
  const { host, port } = options.address;
  const server = createServer((request, response) => {
    const path = (request.url ?? "/").split("?")[0] ?? "/";
    void answer(path, request.method ?? "GET", options)
      .catch((caught: unknown) => ({ status: 500, text: `${String(caught)}\n` }))
      .then((made) => write(response, made));
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject).listen(port, host, resolve);
  }).catch((caught: unknown) => {
    throw new FleetError(
      error("ship/address-unusable", `cannot listen on ${host}:${port}: ${String(caught)}`, {
        hint: "give a free address with --server.http.listen-addr",
      }),
    );
  });
  const bound = server.address();
  return {
    port: typeof bound === "object" && bound !== null ? bound.port : port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

interface Answer {
  status: number;
  text: string;
}

async function answer(path: string, method: string, options: ServerOptions): Promise<Answer> {
  switch (path) {
    case "/-/ready":
      return options.ready()
        ? { status: 200, text: "fleet's embedded shipper is ready.\n" }
        : { status: 503, text: "fleet's embedded shipper is not ready.\n" };
    case "/-/healthy": {
      const unhealthy = options.unhealthy();
      return unhealthy.length === 0
        ? { status: 200, text: "all components of fleet's embedded shipper are healthy.\n" }
        : { status: 500, text: `unhealthy components: ${unhealthy.join(", ")}\n` };
    }
    case "/-/reload": {
      if (method !== "GET" && method !== "POST") return { status: 405, text: "" };
      const problem = await options.reload();
      return problem === undefined
        ? { status: 200, text: "config reloaded\n" }
        : { status: 400, text: `${problem}\n` };
    }
    case "/metrics":
      return { status: 200, text: options.metrics.text() };
    default:
      return { status: 404, text: "404 page not found\n" };
  }
}

function write(response: ServerResponse, { status, text }: Answer): void {
  response.writeHead(status, { "Content-Type": "text/plain; version=0.0.4; charset=utf-8" }).end(text);
}

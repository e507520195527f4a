import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** A Loki that takes everything and keeps nothing, for measuring shippers alone. */
export interface Sink {
  /** `127.0.0.1:PORT`. */
  address: string;
  /** When the last request was answered, as performance.now() tells time. */
  last: () => number;
  /** Counts from now as if a request had come. */
  begin: () => void;
  stop: () => void;
}

/** Starts a sink on loopback that answers every push with 204, as Loki does. */
export async function startSink(): Promise<Sink> {
  let last = performance.now();
  const server = createServer((request, response) => {
    request.resume().once("end", () => {
      last = performance.now();
      response.writeHead(204).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    address: `127.0.0.1:${port}`,
    last: () => last,
    begin() {
      last = performance.now();
    },
    stop: () => void server.close(),
  };
}

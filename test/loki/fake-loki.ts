import { createServer, type IncomingMessage } from "node:http";
import type { Test } from "tap";

export interface Received {
  method: string;
  path: string;
  query: URLSearchParams;
  headers: IncomingMessage["headers"];
  body: string;
}

/** An HTTP server that answers as the test says, for what a real Loki does not do on demand. */
export async function fakeLoki(
  t: Test,
  answer: (request: Received, count: number) => { status: number; body?: unknown },
): Promise<{ url: string; received: Received[] }> {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const url = new URL(request.url ?? "/", "http://fake");
      const one: Received = {
        method: request.method ?? "",
        path: url.pathname,
        query: url.searchParams,
        headers: request.headers,
        body: Buffer.concat(chunks).toString(),
      };
      received.push(one);
      const { status, body } = answer(one, received.length);
      response.writeHead(status).end(typeof body === "string" ? body : JSON.stringify(body ?? {}));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the fake Loki has no port");
  return { url: `http://127.0.0.1:${address.port}`, received };
}

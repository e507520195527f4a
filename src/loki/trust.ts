import { request } from "node:https";
import type { Answer } from "./connection.ts";

/**
 * What fetch does, with certificates of one's own in the place of the system's, which fetch cannot be given.
 *
 * @param ca PEM
 * @throws whatever keeps an answer from coming: a certificate that nobody vouches for, a lost connection, the signal.
 */
export async function fetchTrusting(
  ca: string,
  url: URL,
  init: { method: string; headers: Readonly<Record<string, string>>; signal: AbortSignal; body?: string },
): Promise<Answer> {
  const { method, headers, signal, body } = init;
  return new Promise((resolve, reject) => {
    const sent = request(url, { ca, method, headers, signal }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () => {
        if (!response.complete) {
          reject(new Error("the answer ended too early"));
          return;
        }
        const retryAfter = response.headers["retry-after"];
        const answer = { status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString("utf8") };
        resolve(retryAfter === undefined ? answer : { ...answer, retryAfter });
      });
    });
    // An aborted request says so itself; why is what the signal says.
    sent.on("error", (caught) => {
      reject(signal.aborted && signal.reason instanceof Error ? signal.reason : caught);
    });
    sent.end(body);
  });
}

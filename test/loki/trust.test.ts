import { readFileSync } from "node:fs";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import t from "tap";
import { labelNames } from "../../src/loki/index.ts";
import { run } from "../../src/process/index.ts";
import { failureOf } from "../support/failure.ts";

const openssl = await run("openssl", ["version"]).then(
  () => false,
  () => "there is no openssl to make a certificate with",
);

t.test(
  "a Loki with a certificate of one's own is trusted when it is named, and only then",
  { skip: openssl },
  async (t) => {
    const directory = t.testdir();
    const [key, cert] = [join(directory, "key.pem"), join(directory, "cert.pem")];
    const subject = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"];
    const curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"];
    await run("openssl", ["req", "-x509", "-nodes", ...curve, ...subject, "-keyout", key, "-out", cert]);
    const ca = readFileSync(cert, "utf8");
    const server = createServer({ key: readFileSync(key), cert: ca }, (_, response) => {
      response.end('{"status":"success","data":["host"]}');
    });
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    t.teardown(() => new Promise((done) => server.close(done)));
    const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
    const range = { start: 0n, end: 1n };
    t.same(await labelNames({ url, ca }, "{}", range), ["host"]);
    t.match(
      (await failureOf(labelNames({ url }, "{}", range))).message,
      /loki\/unreachable: .*self-signed certificate/,
    );
  },
);

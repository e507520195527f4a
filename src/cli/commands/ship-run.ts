import { resolve } from "node:path";
import { z } from "zod";
import { ALLOY_VERSION } from "../../alloy/index.ts";
import { error, FleetError } from "../../diagnostics/index.ts";
import { ensureProgram } from "../../programs/index.ts";
import { parseAddress, runShipper } from "../../ship/index.ts";
import type { Run } from "../command.ts";

const Options = z.object({
  "storage.path": z.string().default("data-alloy"),
  "server.http.listenAddr": z.string().default("127.0.0.1:12345"),
  alloyVersion: z
    .string()
    .regex(/^\d+\.\d+\.\d+$/)
    .default(ALLOY_VERSION),
});

/** `fleet ship run PATH`: the embedded shipper under Alloy's own command line, until it is told to end. */
export const run: Run = async (invocation, io) => {
  const { data: options } = Options.safeParse(invocation.options);
  if (options === undefined) throw usage("--alloy-version: must be a version such as 1.18.1");
  const address = parseAddress(options["server.http.listenAddr"]);
  if (address === undefined) {
    throw usage(`--server.http.listen-addr: ${options["server.http.listenAddr"]} is not HOST:PORT`);
  }
  await runShipper({
    path: resolve(io.cwd, z.string().parse(invocation.arguments[0])),
    storage: resolve(io.cwd, options["storage.path"]),
    address,
    alloyVersion: options.alloyVersion,
    env: io.env,
    journalctl: () => ensureProgram("journalctl", { env: io.env, cwd: io.cwd, signal: io.signal }),
    log: (line) => io.log(line),
    onHangup: (listener) => io.onHangup(listener),
    signal: io.signal,
  });
  return 0;
};

function usage(message: string): FleetError {
  return new FleetError(error("cli/usage", message, { hint: "fleet ship run --help lists what it takes" }));
}

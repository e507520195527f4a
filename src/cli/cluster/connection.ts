import { z } from "zod";
import { connect, type Connection } from "../../cluster/index.ts";
import type { Invocation } from "../command.ts";
import type { Io } from "../io.ts";

const Options = z.object({ kubeconfig: z.string().optional(), context: z.string().optional() });

/** The API server that the command line and the environment name; says which. Throws as `connect` does. */
export async function connectAs({ options }: Invocation, io: Io): Promise<Connection> {
  const { kubeconfig, context } = Options.parse(options);
  const connection = await connect({ kubeconfig, context, env: io.env, cwd: io.cwd, signal: io.signal });
  io.log(`Kubernetes ${connection.version} at ${connection.server} (context ${connection.context})`);
  return connection;
}

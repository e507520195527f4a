import { ApiClient } from "./api/client.ts";
import { readAccess, type AccessOptions } from "./api/kubeconfig.ts";
import { httpTransport } from "./api/transport.ts";

/** An API server that answered. */
export interface Connection {
  client: ApiClient;
  server: string;
  context: string;
  /** `v1.35.0` */
  version: string;
}

/**
 * Connects to the API server that the kubeconfig names.
 *
 * @throws FleetError `cluster/no-access`, `cluster/unreachable`, `cluster/refused`
 */
export async function connect(options: AccessOptions): Promise<Connection> {
  const access = await readAccess(options);
  const client = new ApiClient(httpTransport(access, options.signal));
  const version = await client.version();
  return { client, server: access.server, context: access.context, version };
}

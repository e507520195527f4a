import type { ApiRequest, Transport } from "../../src/cluster/api/transport.ts";
import type { LiveObject } from "../../src/cluster/api/client.ts";

const KINDS: Readonly<Record<string, readonly [name: string, kind: string, namespaced: boolean][]>> = {
  "/api/v1": [
    ["namespaces", "Namespace", false],
    ["configmaps", "ConfigMap", true],
    ["pods", "Pod", true],
  ],
  "/apis/apps/v1": [["daemonsets", "DaemonSet", true]],
};

/**
 * A few answers of an API server from memory, for what a real one is slow to be brought to. What an API server decides,
 * such as conflicts, the tests with a real one are about.
 */
export function fakeApi(objects: readonly LiveObject[]): { transport: Transport; requests: string[] } {
  const requests: string[] = [];
  const pathOf = ({ apiVersion, kind, metadata }: LiveObject): string => {
    const root = apiVersion === "v1" ? "/api/v1" : `/apis/${apiVersion}`;
    const plural = KINDS[root]?.find(([, known]) => known === kind)?.[0] ?? "";
    const namespace = metadata.namespace === undefined ? "" : `/namespaces/${metadata.namespace}`;
    return `${root}${namespace}/${plural}/${metadata.name}`;
  };
  const transport: Transport = (path, request: ApiRequest = {}) => {
    requests.push(`${request.method ?? "GET"} ${path}`);
    const kinds = KINDS[path];
    if (kinds !== undefined) {
      const resources = kinds.map(([name, kind, namespaced]) => ({
        name,
        kind,
        namespaced,
        verbs: ["list"],
      }));
      return Promise.resolve({ status: 200, body: { resources } });
    }
    if (request.method === "PATCH")
      return Promise.resolve({ status: 200, body: JSON.parse(request.body?.text ?? "{}") as unknown });
    const found = objects.find((object) => pathOf(object) === path);
    if (found !== undefined) return Promise.resolve({ status: 200, body: found });
    const items = objects.filter((object) => pathOf(object).replace(/\/[^/]+$/, "") === path);
    const listed = /\/(namespaces|configmaps|pods|daemonsets)$/.test(path);
    return Promise.resolve(
      listed
        ? { status: 200, body: { apiVersion: "v1", items } }
        : { status: 404, body: { message: "not found" } },
    );
  };
  return { transport, requests };
}

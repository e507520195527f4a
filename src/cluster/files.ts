import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { parseAllDocuments } from "yaml";
import { z } from "zod";
import { error, FleetError } from "../diagnostics/index.ts";
import type { KubernetesObject } from "../generate/index.ts";
import type { ObjectSource } from "./source.ts";

const objectShape = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.looseObject({ name: z.string(), namespace: z.string().optional() }),
});

/**
 * The objects of a YAML file, or of every YAML file of a directory. A document that is no Kubernetes object, as the
 * values of a chart are, is passed over. Nothing is there where the path is not.
 *
 * @param name what a person calls it
 */
export function filesSource(path: string, name: string): ObjectSource {
  return {
    name,
    async read() {
      const objects = await Promise.all((await filesOf(path, name)).map((file) => readObjects(file, name)));
      return objects.flat();
    },
  };
}

async function filesOf(path: string, name: string): Promise<string[]> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) return [];
  if (!found.isDirectory()) return [path];
  const entries = await readdir(path).catch((caught: unknown) => {
    throw unreadable(name, caught);
  });
  return entries
    .filter((entry) => /\.ya?ml$/.test(entry))
    .sort()
    .map((entry) => join(path, entry));
}

async function readObjects(file: string, name: string): Promise<KubernetesObject[]> {
  const text = await readFile(file, "utf8").catch((caught: unknown) => {
    throw unreadable(name, caught);
  });
  return parseAllDocuments(text).flatMap((document) => {
    const [problem] = document.errors;
    if (problem !== undefined) throw unreadable(name, problem);
    const parsed = objectShape.safeParse(document.toJS());
    return parsed.success ? [document.toJS() as KubernetesObject] : [];
  });
}

function unreadable(name: string, caught: unknown): FleetError {
  const reason = caught instanceof Error ? (caught.message.split("\n")[0] ?? "") : String(caught);
  const hint = "name a directory of YAML files, or one file";
  return new FleetError(error("cluster/unreadable", `${name} cannot be read: ${reason}`, { hint }));
}

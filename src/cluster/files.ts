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
 * values of a chart are, is passed over.
 *
 * @param name what a person calls it
 * @param mayBeMissing nothing is there then, instead of an error
 */
export function filesSource(
  path: string,
  name: string,
  { mayBeMissing }: { mayBeMissing: boolean },
): ObjectSource {
  return {
    name,
    async read() {
      const found = await stat(path).catch(() => undefined);
      if (found === undefined) {
        if (mayBeMissing) return [];
        throw unreadable(name, "it is not there");
      }
      const files = found.isDirectory() ? await filesOf(path, name) : [path];
      const objects = await Promise.all(files.map((file) => readObjects(file, name)));
      return objects.flat();
    },
  };
}

async function filesOf(path: string, name: string): Promise<string[]> {
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

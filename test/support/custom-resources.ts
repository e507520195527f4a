import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { parse } from "yaml";
import { run } from "../../src/process/index.ts";
import type { ControlPlane } from "./control-plane.ts";

/** Where operators publish the definitions of their kinds, in the versions that the manifests are checked against. */
const DEFINITIONS = {
  "external-secrets": {
    module: "github.com/external-secrets/external-secrets@v0.19.2",
    directory: "config/crds/bases",
    files: /^(generators\.)?external-secrets\.io_.*\.yaml$/,
  },
  monitoring: {
    module: "github.com/prometheus-operator/prometheus-operator@v0.85.0",
    directory: "example/prometheus-operator-crd",
    files: /_servicemonitors\.yaml$/,
  },
} as const;

/** Installs an operator's real custom resource definitions, and waits until they are served. */
export async function installDefinitions(
  plane: ControlPlane,
  operator: keyof typeof DEFINITIONS,
): Promise<void> {
  const { module, directory, files } = DEFINITIONS[operator];
  const { stdout } = await run("go", ["mod", "download", "-json", module]);
  const { Dir } = JSON.parse(stdout) as { Dir: string };
  const names = (await readdir(join(Dir, directory))).filter((name) => files.test(name));
  for (const name of names) {
    const definition = parse(await readFile(join(Dir, directory, name), "utf8")) as {
      metadata: { name: string };
    };
    const path = `/apis/apiextensions.k8s.io/v1/customresourcedefinitions/${definition.metadata.name}`;
    await plane.must("PATCH", `${path}?fieldManager=test&force=true`, {
      type: "application/apply-patch+yaml",
      value: definition,
    });
    await established(plane, path);
  }
}

async function established(plane: ControlPlane, path: string): Promise<void> {
  for (let tries = 0; tries < 300; tries += 1) {
    const { status } = (await plane.must("GET", path)) as {
      status?: { conditions?: { type: string; status: string }[] };
    };
    if (status?.conditions?.some(({ type, status: is }) => type === "Established" && is === "True") === true)
      return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new Error(`${path} is not served`);
}

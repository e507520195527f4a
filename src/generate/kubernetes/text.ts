import { stringify } from "yaml";
import { MARK } from "../nixos/module.ts";
import type { KubernetesObject } from "./object.ts";
import type { RenderedCluster } from "./render.ts";

/** The object as YAML, in the order of its fields, long lines left whole. */
export function objectText(object: Readonly<Record<string, unknown>>): string {
  return stringify(object, { lineWidth: 0, aliasDuplicateObjects: false });
}

/** Objects as one stream of YAML documents. */
export function objectsText(objects: readonly KubernetesObject[]): string {
  return objects.map(objectText).join("---\n");
}

/**
 * The files of a cluster by name: `manifests.yaml`, or `application.yaml` and `values.yaml` for those who run the
 * chart by hand.
 *
 * @param source what they are made from: `fleet.yaml`; undefined where the command line said it
 */
export function clusterFiles(rendered: RenderedCluster, source: string | undefined): Map<string, string> {
  const head =
    source === undefined
      ? `# ${MARK} its command line.\n`
      : `# ${MARK} ${source}; change that, then run \`fleet generate\`.\n`;
  const objects = `${head}${objectsText(rendered.objects)}`;
  return rendered.values === undefined
    ? new Map([["manifests.yaml", objects]])
    : new Map([
        ["application.yaml", objects],
        ["values.yaml", `${head}${objectText(rendered.values)}`],
      ]);
}

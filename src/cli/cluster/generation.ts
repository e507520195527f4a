import { error, hasErrors, warning, type Diagnostic } from "../../diagnostics/index.ts";
import { clusterFiles, isGenerated, renderCluster } from "../../generate/index.ts";
import type { Fleet } from "../../manifest/index.ts";
import { findChanges, readText, type Change } from "../../repository/index.ts";
import { validateConfig } from "./validate.ts";

/** Every file that one of the forms of output has. */
const FILES = ["manifests.yaml", "application.yaml", "values.yaml"];

/**
 * The files of every cluster of the manifest, compared with the tree. Writes nothing.
 *
 * @param force take over files in their place that fleet did not write
 */
export async function prepareClusters(
  root: string,
  fleet: Fleet,
  { force }: { force: boolean },
): Promise<{ changes: Change[]; diagnostics: Diagnostic[] }> {
  const files = new Map<string, string>();
  const diagnostics: Diagnostic[] = [];
  for (const cluster of fleet.clusters) {
    const rendered = renderCluster(cluster);
    diagnostics.push(...validateConfig(rendered));
    const directory = `${fleet.layout.clusters}/${cluster.name}`;
    const wanted = clusterFiles(rendered, fleet.file);
    for (const [name, text] of wanted) files.set(`${directory}/${name}`, text);
    for (const name of FILES.filter((file) => !wanted.has(file))) {
      const text = await readText(root, `${directory}/${name}`);
      if (text !== undefined && isGenerated(text)) diagnostics.push(leftOver(`${directory}/${name}`));
    }
  }
  if (hasErrors(diagnostics)) return { changes: [], diagnostics };
  const changes = await findChanges(root, files);
  const others = changes.filter(({ before }) => before !== undefined && !isGenerated(before));
  if (!force) diagnostics.push(...others.map(({ path }) => notOurs(path)));
  return { changes, diagnostics };
}

function notOurs(path: string): Diagnostic {
  const hint = "move it away, or overwrite it with --force";
  return error("generate/not-ours", `${path} is there and was not made by fleet`, { hint });
}

function leftOver(path: string): Diagnostic {
  const hint = "remove it, or what reads the whole directory applies both";
  return warning("cluster/left-over", `${path} is of another form of output than the manifest asks for`, {
    hint,
  });
}

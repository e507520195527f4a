import { readFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { render } from "../../src/alloy/index.ts";
import { objectName, objectText } from "../../src/generate/index.ts";
import { MODULES } from "../../src/generate/kubernetes/modules/index.ts";
import { contextOf } from "../../src/generate/kubernetes/render.ts";
import { parseManifest, type Cluster } from "../../src/manifest/index.ts";
import { matchGolden } from "../support/golden.ts";

const MANIFEST = join(import.meta.dirname, "../../fleet.yaml");
const { fleet } = parseManifest("fleet.yaml", readFileSync(MANIFEST, "utf8"));
const [example] = fleet?.clusters ?? [];
if (example === undefined) throw new Error("the example has no cluster");

/** The example without what is beside the point: each module with one remote of each kind, or without any. */
const withRemotes: Cluster = {
  ...example,
  remotes: {
    prometheus: new Map([...example.remotes.prometheus].slice(0, 1)),
    loki: new Map([...example.remotes.loki].slice(0, 1)),
  },
};
const localOnly: Cluster = { ...example, remotes: { prometheus: new Map(), loki: new Map() } };

for (const module of MODULES) {
  t.test(`the module ${module.name} by itself is as its golden files say`, (t) => {
    const context = contextOf(withRemotes);
    matchGolden(t, `clusters/modules/${module.name}.alloy`, render(module.statements(context)));
    const local = contextOf(localOnly);
    matchGolden(t, `clusters/modules/${module.name}.local.alloy`, render(module.statements(local)));
    const objects = module.objects?.(context) ?? [];
    const around = { rules: module.rules?.(context) ?? [], objects: objects.map(objectName) };
    matchGolden(
      t,
      `clusters/modules/${module.name}.yaml`,
      objectText({ ...around, queries: module.queries(context) }),
    );
    t.end();
  });
}

t.test(
  "a module that collects forwards to every remote of its kind, and to nothing where there is none",
  (t) => {
    const context = contextOf(example);
    for (const module of MODULES.filter(({ name }) => name !== "core" && name !== "remotes")) {
      const text = render(module.statements(context));
      const [kind, names] = /^loki\./m.test(text)
        ? (["loki.write", ["grafana_cloud", "primary"]] as const)
        : (["prometheus.remote_write", ["backup", "primary"]] as const);
      for (const name of names) t.match(text, `${kind}.${name}.receiver`, `${module.name} to ${name}`);
      t.notMatch(render(module.statements(contextOf(localOnly))), /remote_write|loki\.write/, module.name);
    }
    t.end();
  },
);

t.test("block-node reads its pods' logs itself only where pod-logs does not", (t) => {
  const blockNode = MODULES.find(({ name }) => name === "block-node");
  const textOf = (cluster: Cluster): string => render(blockNode?.statements(contextOf(cluster)) ?? []);
  t.notMatch(textOf(example), "loki.source.file");
  const alone = textOf({ ...example, modules: ["block-node"] });
  t.match(alone, '__path__ = "/var/log/pods/block-node_*/*/*.log"');
  t.end();
});

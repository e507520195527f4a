import { globSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import t from "tap";
import { parseAllDocuments } from "yaml";
import { check, format, parse } from "../../src/alloy/index.ts";
import { clusterFiles, renderCluster, type RenderedCluster } from "../../src/generate/index.ts";
import { parseManifest, type Cluster } from "../../src/manifest/index.ts";
import { matchGolden } from "../support/golden.ts";
import { RELEASES, schemaProblems } from "../support/kubernetes-schemas.ts";

const FIXTURES = join(import.meta.dirname, "../fixtures/clusters");

function clusterOf(manifest: string): Cluster {
  const { fleet, diagnostics } = parseManifest("fleet.yaml", manifest);
  const cluster = fleet?.clusters[0];
  if (cluster === undefined) throw new Error(JSON.stringify(diagnostics));
  return cluster;
}

const cases = globSync("*.yaml", { cwd: FIXTURES }).map(
  (name) => [basename(name, ".yaml"), clusterOf(readFileSync(join(FIXTURES, name), "utf8"))] as const,
);

/** The case of that name. */
function caseOf(name: string): RenderedCluster {
  const cluster = cases.find(([known]) => known === name)?.[1];
  if (cluster === undefined) throw new Error(`no fixture ${name}`);
  return renderCluster(cluster);
}

for (const [name, cluster] of cases) {
  t.test(`${name} renders as its golden files say`, (t) => {
    const rendered = renderCluster(cluster);
    matchGolden(t, `clusters/${name}/config.alloy`, rendered.config);
    for (const [file, text] of clusterFiles(rendered, "fleet.yaml")) {
      matchGolden(t, `clusters/${name}/${file}`, text);
    }
    const why = rendered.modules.map(
      ({ name, included, why }) => `${name.padEnd(14)} ${included ? "in " : "out"} ${why}\n`,
    );
    matchGolden(t, `clusters/${name}/modules.txt`, why.join(""));
    t.end();
  });

  t.test(`the configuration of ${name} is valid, without a warning, and in its canonical form`, (t) => {
    const { config } = renderCluster(cluster);
    const { file, diagnostics } = parse("config.alloy", config);
    t.same(diagnostics, []);
    t.same(check(file, { alloyVersion: "1.18.1" }), []);
    t.equal(format("config.alloy", config).text, config);
    t.end();
  });

  t.test(`every supported Kubernetes takes the objects of ${name}`, (t) => {
    t.same(RELEASES, ["1.33", "1.34", "1.35", "1.36"]);
    const rendered = renderCluster(cluster);
    const around = (rendered.values?.["extraObjects"] ?? []) as RenderedCluster["objects"];
    const objects = [...rendered.objects, ...around];
    const problems = RELEASES.flatMap((release) =>
      objects.flatMap((object) => schemaProblems(object, release).map((problem) => `${release}: ${problem}`)),
    );
    t.same(problems, []);
    t.end();
  });

  t.test(`no object of ${name} holds a password, and every one bears its owner's labels`, (t) => {
    const rendered = renderCluster(cluster);
    const text = [...clusterFiles(rendered, "fleet.yaml").values()].join("");
    t.notMatch(text, /kind: Secret$/m);
    t.notMatch(text, /password = (?!sys\.env\()/);
    for (const document of parseAllDocuments(text)) {
      const { kind, metadata } = document.toJS() as { kind?: string; metadata?: { labels: object } };
      // The chart's values are no object.
      if (kind === undefined) continue;
      const owner = {
        "app.kubernetes.io/managed-by": "fleet",
        "app.kubernetes.io/instance": cluster.name,
        "app.kubernetes.io/part-of": "grafana-alloy",
      };
      t.match(metadata?.labels, owner, kind);
    }
    t.end();
  });
}

t.test("the example's cluster is rendered as it stands in the repository", (t) => {
  const root = join(import.meta.dirname, "../..");
  const rendered = renderCluster(clusterOf(readFileSync(join(root, "fleet.yaml"), "utf8")));
  const there = readFileSync(join(root, "clusters/vm-cluster/manifests.yaml"), "utf8");
  t.same([...clusterFiles(rendered, "fleet.yaml")], [["manifests.yaml", there]]);
  t.end();
});

t.test("the schemas refuse what Kubernetes would", (t) => {
  const [object] = caseOf("local-only").objects.filter(({ kind }) => kind === "DaemonSet");
  const wrong = {
    ...object,
    apiVersion: "apps/v1",
    kind: "DaemonSet",
    metadata: { name: "x" },
    spec: { replicas: 1 },
  };
  t.match(schemaProblems(wrong, "1.35").join("\n"), /must have required property 'selector'[^]*replicas/);
  t.match(schemaProblems({ ...wrong, kind: "DemonSet" }, "1.35"), ["apps/v1/DemonSet has no schema"]);
  t.end();
});

t.test("the order of modules, remotes and labels in the manifest does not show", (t) => {
  for (const [name, cluster] of cases) {
    const reversed = (remotes: Cluster["remotes"]["loki"]): typeof remotes => new Map([...remotes].reverse());
    const { prometheus, loki } = cluster.remotes;
    const turned = {
      ...cluster,
      modules: [...cluster.modules].reverse(),
      remotes: { prometheus: reversed(prometheus), loki: reversed(loki) },
    };
    t.same(
      [...clusterFiles(renderCluster(turned), "fleet.yaml")],
      [...clusterFiles(renderCluster(cluster), "fleet.yaml")],
      name,
    );
  }
  t.end();
});

t.test("without stage.cri, the pod log pipeline is that of the document, block for block", (t) => {
  const document = readFileSync(join(FIXTURES, "pod-logs-document.alloy"), "utf8");
  const wanted = format("document", document).text ?? "";
  const { config } = caseOf("pod-logs-exact");
  for (const block of wanted.split(/(?<=^}\n)\n*/m)) t.ok(config.includes(block), block);
  t.end();
});

t.test("a change of the configuration changes the pods, and so restarts them", (t) => {
  const annotation = (rendered: RenderedCluster): unknown => {
    const found = rendered.objects.find(
      ({ kind, metadata }) => kind === "DaemonSet" && metadata.name === "alloy",
    );
    return (found?.["spec"] as { template: { metadata: { annotations: unknown } } }).template.metadata
      .annotations;
  };
  const before = annotation(caseOf("one-remote"));
  t.match(before, { "checksum/config": /^[0-9a-f]{64}$/ });
  t.notSame(before, annotation(caseOf("several-remotes")));
  t.end();
});

t.test("what has to be in Vault is said for each remote with a user name", (t) => {
  const { passwords } = caseOf("several-remotes");
  t.same(
    passwords.map(({ vaultKey, property }) => `${vaultKey}#${property}`),
    [
      "grafana/alloy/lfh02-previewnet/prometheus/backup#password",
      "grafana/alloy/lfh02-previewnet/prometheus/primary#password",
      "grafana/alloy/lfh02-previewnet/loki/PROD-A#password",
      "grafana/alloy/lfh02-previewnet/loki/grafana-cloud#password",
      "grafana/alloy/lfh02-previewnet/loki/prod-a#password",
      "grafana/alloy/lfh02-previewnet/loki/prod_a#password",
    ],
  );
  t.equal(new Set(passwords.map(({ variable }) => variable)).size, passwords.length);
  t.end();
});

t.test("without remotes no password, no store and no node directory is asked for", (t) => {
  const { objects, passwords } = caseOf("local-only");
  t.same(passwords, []);
  t.notMatch(
    JSON.stringify(objects),
    /external-secrets|secretKeyRef|grafana-alloy"?,"type":"DirectoryOrCreate/,
  );
  t.end();
});

import { createServer } from "node:http";
import { once } from "node:events";
import { join } from "node:path";
import { writeFile } from "node:fs/promises";
import t, { type Test } from "tap";
import { fleet } from "../support/fleet.ts";

const MANIFEST = `version: 1
loki: { url: "https://loki.example.com/loki/api/v1/push" }
channels: {}
hosts: {}
clusters:
  vm-cluster:
    modules: [core, agent-metrics, syslog]
    remotes:
      prometheus: { local: { url: "http://127.0.0.1:1/api/v1/write" } }
      loki: { local: { url: "http://127.0.0.1:1/loki/api/v1/push" } }
`;

async function repository(t: Test): Promise<string> {
  const repo = t.testdir({});
  await writeFile(join(repo, "fleet.yaml"), MANIFEST);
  return repo;
}

t.test("an API server that is not there, or that nobody named, is told of with exit code 2", async (t) => {
  const repo = await repository(t);
  const kubeconfig = join(repo, "kubeconfig");
  await writeFile(
    kubeconfig,
    `current-context: c
clusters: [{ name: c, cluster: { server: "http://127.0.0.1:1" } }]
users: [{ name: u, user: { token: SECRET } }]
contexts: [{ name: c, context: { cluster: c, user: u } }]
`,
  );
  for (const command of [["apply"], ["uninstall"], ["diff", "--live"]]) {
    const away = await fleet("cluster", ...command, "--repo", repo, "--kubeconfig", kubeconfig);
    t.match(away, { code: 2, err: /cluster\/unreachable.*http:\/\/127\.0\.0\.1:1 \(context c\)/ });
    t.notMatch(away.err, "SECRET");
    const unnamed = await fleet("cluster", ...command, "--repo", repo, "--kubeconfig", join(repo, "absent"));
    t.match(unnamed, { code: 2, err: /cluster\/no-access/ });
  }
});

t.test("options that make no sense are refused", async (t) => {
  const repo = await repository(t);
  const lines: [readonly string[], RegExp][] = [
    [["cluster", "diff", "--live", "--against", "x"], /--live and --against exclude each other/],
    [["cluster", "apply", "--timeout", "soon"], /--timeout must be a duration/],
    [["cluster", "verify", "--loki", "nowhere"], /--loki must be a URL/],
    [["dev", "up", "--port", "vault"], /--port vault is not understood/],
    [["dev", "up", "--port", "loki=70000"], /--port loki=70000 is not understood/],
  ];
  for (const [line, message] of lines) {
    const { code, err } = await fleet(...line, "--repo", repo);
    t.equal(code, 2);
    t.match(err, message);
  }
});

t.test("fleet cluster verify says which queries return data, and fails for those that should", async (t) => {
  const repo = await repository(t);
  // A store that has data for some of the queries; what real ones answer, the integration tests are about.
  const server = createServer((request, response) => {
    const query = new URL(request.url ?? "", "http://store").searchParams.get("query") ?? "";
    const known = !query.includes("alloy_build_info") && !query.includes("docker.service");
    const result = known ? [{ metric: {}, value: [0, "3"] }] : [];
    response.setHeader("Content-Type", "application/json");
    response.end(JSON.stringify({ status: "success", data: { resultType: "vector", result } }));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  const url = `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`;
  const { code, out, err } = await fleet(
    "cluster",
    "verify",
    "--repo",
    repo,
    "--prometheus",
    url,
    "--loki",
    url,
  );
  t.equal(code, 1);
  t.match(out, /^agent-metrics +yes \(3\) +up\{job="alloy"\}$/m);
  t.match(out, /^agent-metrics +NO +alloy_build_info\{cluster="vm-cluster"\}$/m);
  t.match(out, /^syslog +not yet: needs a node that runs Docker +/m);
  t.match(err, /^\d+ of \d+ queries return data$/m);
});

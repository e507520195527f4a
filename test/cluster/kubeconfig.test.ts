import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t, { type Test } from "tap";
import { stringify } from "yaml";
import { readAccess, type AccessOptions } from "../../src/cluster/api/kubeconfig.ts";
import { failureOf } from "../support/failure.ts";

interface Kubeconfig {
  context?: string;
  cluster?: Record<string, unknown>;
  user?: Record<string, unknown>;
}

function kubeconfig({ context = "here", cluster = {}, user = {} }: Kubeconfig = {}): string {
  return stringify({
    "current-context": context,
    clusters: [{ name: "c", cluster: { server: "https://k8s.example.com:6443/", ...cluster } }],
    users: [{ name: "u", user }],
    contexts: [{ name: context, context: { cluster: "c", user: "u" } }],
  });
}

function directory(t: Test, files: Record<string, string>): AccessOptions & { cwd: string } {
  const cwd = t.testdir(files);
  return { cwd, env: { HOME: cwd, PATH: process.env["PATH"] } };
}

t.test("a token goes into the header, and the server loses its last slash", async (t) => {
  const options = directory(t, { config: kubeconfig({ user: { token: "abc" } }) });
  const access = await readAccess({ ...options, kubeconfig: "config" });
  t.match(access, { server: "https://k8s.example.com:6443", context: "here", authorization: "Bearer abc" });
});

t.test("certificates come from files beside the kubeconfig, or from its own text, which wins", async (t) => {
  const cluster = { "certificate-authority": "ca.crt", "tls-server-name": "inside" };
  const user = {
    "client-certificate": "absent.crt",
    "client-certificate-data": Buffer.from("CERT").toString("base64"),
    "client-key": "client.key",
  };
  const options = directory(t, {
    config: kubeconfig({ cluster, user }),
    "ca.crt": "CA",
    "client.key": "KEY",
  });
  const { tls, authorization } = await readAccess({
    ...options,
    env: { KUBECONFIG: join(options.cwd, "config") },
  });
  const texts = Object.fromEntries(Object.entries(tls).map(([name, value]) => [name, String(value)]));
  t.same(texts, { ca: "CA", cert: "CERT", key: "KEY", servername: "inside" });
  t.equal(authorization, undefined);
});

t.test("of several files the first that knows a name wins, and some may be missing", async (t) => {
  const options = directory(t, {
    one: kubeconfig({ user: { token: "first" } }),
    two: kubeconfig({ context: "there", user: { token: "second" } }),
  });
  const env = { KUBECONFIG: ["absent", "one", "two"].map((name) => join(options.cwd, name)).join(":") };
  t.match(await readAccess({ ...options, env }), { context: "here", authorization: "Bearer first" });
  t.match(await readAccess({ ...options, env, context: "there" }), { context: "there" });
});

t.test("a credential plugin is asked for a token", async (t) => {
  const exec = {
    apiVersion: "client.authentication.k8s.io/v1",
    command: "./plugin",
    args: ["get-token"],
    env: [{ name: "WHO", value: "me" }],
  };
  const options = directory(t, { config: kubeconfig({ user: { exec } }) });
  const plugin = join(options.cwd, "plugin");
  writeFileSync(plugin, '#!/bin/sh\necho "{\\"status\\": {\\"token\\": \\"$WHO-$1\\"}}"\n');
  chmodSync(plugin, 0o755);
  const { authorization } = await readAccess({ ...options, kubeconfig: "config" });
  t.equal(authorization, "Bearer me-get-token");
  writeFileSync(plugin, "#!/bin/sh\necho 'log in first' >&2\nexit 1\n");
  const failure = await failureOf(readAccess({ ...options, kubeconfig: "config" }));
  t.match(failure.diagnostics, [{ code: "cluster/no-access", message: /gave no credentials: log in first/ }]);
});

t.test("what is wrong with a kubeconfig is said without quoting it", async (t) => {
  const options = directory(t, {
    broken: "users: [{ token: SECRET\n",
    empty: "{}\n",
    config: kubeconfig({ user: { token: "abc" } }),
    other: kubeconfig({ cluster: { server: "no url" }, user: { token: "SECRET" } }),
  });
  const messageOf = async (name: string, context?: string): Promise<string> => {
    const failure = await failureOf(readAccess({ ...options, kubeconfig: name, context }));
    t.match(failure, { exitCode: 2, diagnostics: [{ code: "cluster/no-access" }] });
    return failure.message;
  };
  t.match(await messageOf("absent"), "there is no kubeconfig at absent");
  t.match(await messageOf("empty"), "no current context");
  t.match(await messageOf("config", "elsewhere"), "no context elsewhere");
  for (const name of ["broken", "other"]) t.notMatch(await messageOf(name), "SECRET");
});

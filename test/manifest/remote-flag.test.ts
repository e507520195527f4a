import fc from "fast-check";
import t from "tap";
import { parseRemotes } from "../../src/manifest/index.ts";

const read = (flag: string): unknown => [...parseRemotes("loki", [flag]).remotes][0];

t.test("both spellings of a remote mean the same", (t) => {
  const url = "http://10.0.0.1:3100/loki/api/v1/push";
  const remote = { url, username: "admin", labelProfile: "eng" };
  t.same(read(`local:${url}:admin`), ["local", remote]);
  t.same(read(`name=local,url=${url},username=admin`), ["local", remote]);
  t.same(read(`url=${url},labelProfile=ops,name=local`), [
    "local",
    { url, username: undefined, labelProfile: "ops" },
  ]);
  t.end();
});

t.test("the user's name is told from a port and from a path", (t) => {
  const cases: [flag: string, url: string, username: string | undefined][] = [
    ["a:http://h:9090/api/v1/write", "http://h:9090/api/v1/write", undefined],
    ["a:http://h:9090", "http://h:9090", undefined],
    ["a:http://h:9090/:me", "http://h:9090/", "me"],
    [
      "a:https://logs.grafana.net/loki/api/v1/push:12345",
      "https://logs.grafana.net/loki/api/v1/push",
      "12345",
    ],
    ["a:http://[::1]:3100/push:me", "http://[::1]:3100/push", "me"],
    ["a:http://h/push:me@example.com", "http://h/push", "me@example.com"],
    ["name=a,url=http://h/push?x=1,2,username=me", "http://h/push?x=1,2", "me"],
  ];
  for (const [flag, url, username] of cases) t.match(read(flag), ["a", { url, username }], flag);
  t.end();
});

t.test("what is not a remote is refused with what was meant, and is not repeated", (t) => {
  const cases: [flag: string, message: RegExp, hint: RegExp][] = [
    ["nothing", /number 1, nothing, has no url/, /write name:url:username/],
    ["a b:http://h/p", /no proper name/, /write name:url/],
    [":http://h/p", /no proper name/, /write name:url/],
    ["a:ftp://h/p", /a, has an unfit url/, /an http or https URL/],
    ["a:http://me:hunter2@h/p", /a, has an unfit url/, /a URL without a password, which comes from Vault/],
    ["name=a,url=http://h/p,labelProfile=dev", /unfit labelProfile/, /eng, ops, none/],
    ["name=a,url=http://h/p,usrname=me", /unknown key usrname/, /did you mean username/],
    ["name=a,url=http://h/p,password=hunter2", /unknown key password/, /passwords come from Vault/],
    ["url=http://h/p", /no proper name/, /write name:url/],
  ];
  for (const [flag, message, hint] of cases) {
    const { remotes, diagnostics } = parseRemotes("prometheus", [flag]);
    t.equal(remotes.size, 0);
    t.match(diagnostics, [{ code: "cluster/bad-remote", message, hint }], flag);
    t.notMatch(JSON.stringify(diagnostics), "hunter2");
  }
  t.end();
});

t.test("two remotes of one kind cannot share a name", (t) => {
  const { remotes, diagnostics } = parseRemotes("loki", ["a:http://h/p", "b:http://h/p", "a:http://g/p"]);
  t.same([...remotes.keys()], ["a", "b"]);
  t.match(diagnostics, [{ code: "cluster/duplicate-remote", message: "two loki remotes are called a" }]);
  t.end();
});

t.test("every remote that is written is read again", (t) => {
  const name = fc.stringMatching(/^[A-Za-z0-9_-]{1,12}$/);
  const url = fc
    .webUrl({ withQueryParameters: true })
    // With a path, as every endpoint has one, and without what reads as another key of the pairs.
    .map((one) => (/^https?:..[^/?]+$/.test(one) ? `${one}/` : one))
    .filter((one) => /^https?:..[^/?]+[/]/.test(one) && !/,[A-Za-z]+=/.test(one));
  const username = fc.stringMatching(/^[^:/,=\s]{1,12}$/);
  fc.assert(
    fc.property(name, url, username, (name, url, username) => {
      const wanted = JSON.stringify([name, { url, username, labelProfile: "eng" }]);
      return [`name=${name},url=${url},username=${username}`, `${name}:${url}:${username}`].every(
        (flag) => JSON.stringify(read(flag)) === wanted,
      );
    }),
    { numRuns: 100 },
  );
  t.pass("100 remotes");
  t.end();
});

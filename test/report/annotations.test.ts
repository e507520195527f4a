import t from "tap";
import { error, LineIndex, warning, type SarifFinding } from "../../src/diagnostics/index.ts";
import { codeQuality, githubAnnotations } from "../../src/report/index.ts";

const lines = new LineIndex("hosts/a,b:c/x.nix", "{\n  services.openssh.enabel = true;\n}\n");
const subject = (name: string): { kind: string; name: string; file: string } => ({
  kind: "host",
  name,
  file: `hosts/${name}/configuration.nix`,
});
const misspelt = error("gate/unknown-option", "no such option: 100 %\nat all", {
  span: lines.span(4, 26),
  hint: "mend it",
});

const FINDINGS: SarifFinding[] = [
  { diagnostic: misspelt, subject: subject("nas") },
  { diagnostic: misspelt, subject: subject("web") },
  { diagnostic: warning("gate/warning", "beware"), subject: subject("web") },
  { diagnostic: { code: "gate/unverified", severity: "info", message: "x could not be judged" } },
];

t.test("a workflow command a finding, escaped as GitHub reads it, what hosts share once", (t) => {
  t.equal(
    githubAnnotations(FINDINGS),
    [
      "::error file=hosts/a%2Cb%3Ac/x.nix,line=2,endLine=2,col=3,endColumn=25," +
        "title=gate/unknown-option (nas%2C web)::no such option: 100 %25%0Aat all%0Amend it",
      "::warning file=hosts/web/configuration.nix,title=gate/warning (web)::beware",
      "::notice title=gate/unverified::x could not be judged",
      "",
    ].join("\n"),
  );
  t.equal(githubAnnotations([]), "");
  t.end();
});

t.test("GitLab's report has a path, a line and a severity it knows for each", (t) => {
  const issues = codeQuality(FINDINGS, "fleet.yaml");
  t.same(
    issues.map(({ check_name, severity, location }) => [
      check_name,
      severity,
      location.path,
      location.lines.begin,
    ]),
    [
      ["gate/unknown-option", "critical", "hosts/a,b:c/x.nix", 2],
      ["gate/warning", "minor", "hosts/web/configuration.nix", 1],
      ["gate/unverified", "info", "fleet.yaml", 1],
    ],
  );
  t.equal(issues[0]?.description, "no such option: 100 %\nat all\nmend it (nas, web)");
  t.end();
});

t.test("a finding has the same fingerprint wherever in its file it stands, and two have two", (t) => {
  const at = (...offsets: number[]): string[] =>
    codeQuality(
      offsets.map((offset) => ({
        diagnostic: error("gate/warning", "x", { span: lines.span(offset, offset + 1) }),
      })),
      "fleet.yaml",
    ).map(({ fingerprint }) => fingerprint);
  t.same(at(4), at(9));
  const both = at(4, 9);
  t.equal(new Set(both).size, 2);
  t.match(both[0], /^[0-9a-f]{64}$/);
  t.end();
});

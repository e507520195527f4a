import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import t from "tap";
import { renderPromtail } from "../../src/nix/index.ts";
import { loadFleet } from "../../src/repository/index.ts";
import { exampleFleet } from "../support/example.ts";
import { failureOf } from "../support/failure.ts";

const NIXPKGS = join(import.meta.dirname, "../fixtures/nixpkgs");

t.test(
  "the example's module renders for the canary, on the newest channel that still has Promtail",
  async (t) => {
    const root = await exampleFleet(t);
    const { fleet } = await loadFleet(root);
    const request = { root, fleet, host: "nas", module: "modules/promtail", env: process.env };
    const { json, through } = await renderPromtail(request);
    t.match(through, { kind: "embedded", release: "25.11" });
    t.match(JSON.parse(json), {
      clients: [{ basic_auth: { password_file: "/run/secrets/promtail-password" } }],
      positions: { filename: "/var/cache/promtail/positions.yaml" },
      scrape_configs: [{ job_name: "journal", journal: { json: true, max_age: "12h" } }],
    });

    const real = await renderPromtail({
      ...request,
      env: { ...process.env, FLEET_NIXPKGS: `26.05=${NIXPKGS}` },
    });
    t.equal(real.through.kind, "embedded", "26.05 has no Promtail to ask");
  },
);

t.test("the module sees the host's name, and a file of its own", async (t) => {
  const root = await exampleFleet(t);
  await mkdir(join(root, "modules/own"));
  await writeFile(
    join(root, "modules/own/default.nix"),
    `{ config, lib, ... }: {
       services.promtail.configuration = import ./configuration.nix config.networking.hostName;
       services.promtail.extraFlags = lib.mkIf false [ "x" ];
     }`,
  );
  await writeFile(
    join(root, "modules/own/configuration.nix"),
    "host: { server.log_prefix = host; clients = [ ]; }",
  );
  const { fleet } = await loadFleet(root);
  const { json } = await renderPromtail({
    root,
    fleet,
    host: "mail",
    module: "modules/own",
    env: process.env,
  });
  t.same(JSON.parse(json), { clients: [], server: { log_prefix: "mail" } });
});

t.test("a module that is not there, or does not evaluate, is one diagnostic at its place", async (t) => {
  const root = await exampleFleet(t);
  const { fleet } = await loadFleet(root);
  const render = (module: string) =>
    failureOf(renderPromtail({ root, fleet, host: "nas", module, env: process.env }));
  t.match(await render("modules/nope"), {
    exitCode: 1,
    diagnostics: [{ code: "nix/evaluation-failed", message: /modules\/nope' does not exist/ }],
  });

  await writeFile(
    join(root, "modules/promtail/default.nix"),
    "{ ... }:\n{\n  services.promtail = {\n    enabel = 1;\n  };\n}\n",
  );
  t.match(await render("modules/promtail"), {
    exitCode: 1,
    diagnostics: [
      {
        message: /services\.promtail\.enabel' does not exist/,
        span: { file: "modules/promtail/default.nix", start: { line: 4 } },
      },
    ],
  });

  await writeFile(join(root, "modules/promtail/default.nix"), "{ ... }:\n{\n  services.promtail = \n}\n");
  t.match(await render("modules/promtail"), {
    exitCode: 1,
    diagnostics: [
      { message: /^syntax error/, span: { file: "modules/promtail/default.nix", start: { line: 4 } } },
    ],
  });
});

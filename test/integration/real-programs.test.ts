import { join } from "node:path";
import t from "tap";
import type { GateJson } from "../../src/gate/json.ts";
import { findAlloy } from "../../src/oracle/index.ts";
import { readText } from "../../src/repository/index.ts";
import { realNixpkgs } from "../support/environment.ts";
import { exampleFleet } from "../support/example.ts";
import { fleet } from "../support/fleet.ts";

const named =
  realNixpkgs["FLEET_NIXPKGS"] !== undefined || /nixos-(25\.11|26\.05)=/.test(realNixpkgs["NIX_PATH"] ?? "");
const noNixpkgs = named
  ? false
  : "no nixpkgs is named by FLEET_NIXPKGS, nor by NIX_PATH as nixos-25.11 or nixos-26.05";

t.test(
  "the gate evaluates the example through the nixpkgs that this machine names",
  { skip: noNixpkgs },
  async (t) => {
    const root = await exampleFleet(t);
    Object.assign(process.env, realNixpkgs);
    const { code, out, err } = await fleet("gate", "--json", "--repo", root);
    t.ok(code === 0 || code === 1, err);
    const { hosts } = JSON.parse(out) as GateJson;
    t.equal(hosts.length, 5);
    const real = hosts.filter(({ through }) => through === "nixpkgs");
    t.ok(real.length > 0, "a host is evaluated through it");
    t.same(
      real.filter(({ verdict }) => verdict === "unverified"),
      [],
      "a real nixpkgs leaves nothing unverified",
    );
  },
);

const alloy = await findAlloy({ env: process.env });
const noAlloy = alloy === undefined ? "there is no alloy on PATH" : false;

t.test("the real alloy accepts the generated configuration as it is", { skip: noAlloy }, async (t) => {
  const root = await exampleFleet(t);
  t.equal((await fleet("generate", "--repo", root)).code, 0);
  const text = (await readText(root, join("modules", "alloy", "config.alloy"))) ?? "";
  t.same(await alloy?.format(text), { ok: true, text });
  t.match(await alloy?.validate(text), { ok: true });
});

import { spawnSync } from "node:child_process";
import { readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import t, { type Test } from "tap";
import { findProgram } from "../../src/programs/index.ts";
import { loadFleet } from "../../src/repository/index.ts";
import { checkSecrets } from "../../src/secrets/index.ts";
import { exampleFleet } from "../support/example.ts";

const FILE = "hosts/nas/secrets.yaml";
const ADMIN_KEY = join(import.meta.dirname, "../fixtures/age/admin.txt");
const sops = await findProgram("sops", { env: process.env });
const skip = sops === undefined ? "there is no sops on PATH" : false;

/** Runs a command as the person would who was given it as a hint. */
function follow(t: Test, root: string, command: string): void {
  const env = {
    ...process.env,
    PATH: `${dirname(sops?.path ?? "")}:${process.env["PATH"] ?? ""}`,
    SOPS_AGE_KEY_FILE: ADMIN_KEY,
    PASSWORD: "a password",
    VALUE: "LOKI_PASSWORD=another",
  };
  const { status, stderr } = spawnSync("sh", ["-c", command], {
    cwd: root,
    env,
    input: "y\n",
    encoding: "utf8",
  });
  t.equal(status, 0, `${command}: ${stderr}`);
}

async function only(root: string): Promise<{ code: string; command: string }> {
  const { fleet } = await loadFleet(root);
  const { diagnostics } = await checkSecrets(root, fleet);
  const [first] = diagnostics;
  if (first === undefined || diagnostics.length > 1) throw new Error(JSON.stringify(diagnostics));
  const command = first.hint?.split("\n").find((line) => line.includes("sops ")) ?? "";
  return { code: first.code, command };
}

/** Breaks the example's secrets, and follows the hint that says how to mend them. */
function mends(
  what: string,
  code: string,
  damage: (text: string) => string | undefined,
  byHand = damage,
): void {
  t.test(`${what} is mended by the command in the hint`, { skip }, async (t) => {
    const root = await exampleFleet(t);
    const file = join(root, FILE);
    const text = await readFile(file, "utf8");
    const broken = damage(text);
    if (broken === undefined) await rm(file);
    else await writeFile(file, broken);
    const found = await only(root);
    t.equal(found.code, code);
    const prepared = byHand(text);
    if (prepared !== undefined) await writeFile(file, prepared);
    follow(t, root, found.command);
    const { fleet } = await loadFleet(root);
    t.same((await checkSecrets(root, fleet)).diagnostics, []);
  });
}

const withoutSecret = (text: string): string => text.replace(/^alloy-env: .*\n/m, "");

mends("a missing file", "secrets/no-file", () => undefined);
mends("a file in plain text", "secrets/not-sops", () => "alloy-env: LOKI_PASSWORD=plain\n");
mends(
  "a plain value in a sops file, taken out,",
  "secrets/not-encrypted",
  (text) => text.replace(/^alloy-env: .*$/m, "alloy-env: LOKI_PASSWORD=plain"),
  withoutSecret,
);

t.test("a missing secret is mended by the command in the hint", { skip }, async (t) => {
  const root = await exampleFleet(t);
  follow(t, root, `sops unset ${FILE} '["alloy-env"]'`);
  const { code, command } = await only(root);
  t.equal(code, "secrets/no-secret");
  follow(t, root, command);
  const { fleet } = await loadFleet(root);
  t.same((await checkSecrets(root, fleet)).diagnostics, []);
});

t.test("a missing recipient is mended by the command in the hint", { skip }, async (t) => {
  const root = await exampleFleet(t);
  const rules = join(root, ".sops.yaml");
  await writeFile(rules, (await readFile(rules, "utf8")).replace("[*admin, *nas]", "[*admin, *nas, *web]"));
  const { code, command } = await only(root);
  t.equal(code, "secrets/no-recipient");
  follow(t, root, command);
  const { fleet } = await loadFleet(root);
  t.same((await checkSecrets(root, fleet)).diagnostics, []);
});

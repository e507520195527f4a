/**
 * The nixpkgs that this machine names, taken out of the environment: the tests of the embedded option surface are
 * about it alone, and those of a real nixpkgs put these back.
 */
export const realNixpkgs: Readonly<Record<string, string>> = Object.fromEntries(
  ["FLEET_NIXPKGS", "NIX_PATH"].flatMap((name) => {
    const value = process.env[name];
    Reflect.deleteProperty(process.env, name);
    return value === undefined ? [] : [[name, value]];
  }),
);

// A workflow's output has annotations in it; tests ask for them where they mean them.
Reflect.deleteProperty(process.env, "GITHUB_ACTIONS");

# A stand-in for nixpkgs: packages are opaque values with a name and a made-up store path; calling one, or asking
# it for a member, gives another. Nothing is ever built from it.
{ lib, release }:
let
  inherit (builtins) hashString isAttrs isString substring;

  storePath = name: "${builtins.storeDir}/${substring 0 32 (hashString "sha256" name)}-${lib.sanitizeDerivationName name}";

  # Packages that a release no longer has, with what to say of it.
  removed = lib.optionalAttrs (lib.versionAtLeast release "26.05") {
    promtail = "'promtail' has been removed from nixpkgs, as it reached its end of life on 2026-03-02; 'grafana-alloy' takes its place";
  };

  /*
    The package set for a file that mentions `names`: every one of them is a package, unless lib has it (inside
    `with lib; with pkgs;` the inner set would hide the library) or the release removed it.
  */
  packagesFor =
    names:
    let
      package =
        name:
        lib.genAttrs names (member: package "${name}.${member}")
        // {
          inherit name;
          type = "derivation";
          pname = name;
          version = "0";
          outPath = storePath name;
          drvPath = storePath name + ".drv";
          meta = { };
          passthru = { };
          __functor = _: argument: package (nameOf argument name);
        };
      nameOf =
        argument: default:
        if isAttrs argument then argument.name or argument.pname or default else if isString argument then argument else default;
      withText = name: text: package name // { inherit text; };
      text = name: text: withText name text;
      format = type: generate: {
        inherit type;
        generate = name: value: withText name (generate value);
      };
      inherit (lib) types;
      atom = types.nullOr (types.oneOf [ types.bool types.int types.float types.str types.path ]);
      json = types.nullOr (
        types.oneOf [
          types.bool
          types.int
          types.float
          types.str
          types.path
          (types.attrsOf json)
          (types.listOf json)
        ]
      ) // { description = "JSON value"; };
      platform = {
        system = "x86_64-linux";
        isLinux = true;
        isx86_64 = true;
        isx86 = true;
        isAarch64 = false;
        isAarch32 = false;
        isDarwin = false;
        is64bit = true;
        isStatic = false;
      };
      known = {
        inherit lib;
        inherit (platform) system;
        hostPlatform = platform;
        buildPlatform = platform;
        stdenv = package "stdenv" // { hostPlatform = platform; buildPlatform = platform; inherit (platform) isLinux isAarch64 isx86_64; };
        config = { };
        writeText = text;
        writeTextFile = { name, text, ... }: withText name text;
        writeShellScript = text;
        writeShellScriptBin = text;
        writeScript = text;
        writeScriptBin = text;
        runCommand = name: _: withText name;
        runCommandLocal = name: _: withText name;
        formats = {
          json = _: format json builtins.toJSON;
          yaml = _: format json builtins.toJSON;
          toml = _: format json builtins.toJSON;
          ini = _: format (types.attrsOf (types.attrsOf atom)) (lib.generators.toINI { });
          keyValue = _: format (types.attrsOf atom) (lib.generators.toKeyValue { });
        };
      };
      available = builtins.filter (name: !(lib ? ${name})) names;
    in
    lib.genAttrs available package // known // builtins.mapAttrs (_: message: throw message) removed;
in
packagesFor

/*
  Hosts as nix-eval-jobs takes them: a set of derivations, each with what the gate asks of its system in meta.fleet.

  In: request, JSON of { hosts; }, a list of { name; ... }, the rest as in the request of ./nixpkgs.nix or ./flake.nix.
  Out: a set from names to derivations. A host whose assertions fail has no derivation: it throws "fleet-report" and the
  same as JSON.
*/
{ request }:
let
  inherit (builtins) fromJSON getFlake listToAttrs toJSON;

  ofFlake =
    { flake, attribute, ... }:
    let
      host = (getFlake flake).nixosConfigurations.${attribute};
    in
    {
      inherit (host) config;
      lib = host.lib or host.pkgs.lib;
    };
  ofNixpkgs =
    { nixpkgs, configuration, modules, ... }:
    import (nixpkgs + "/nixos/lib/eval-config.nix") {
      modules = [ configuration ] ++ import ./modules.nix modules;
    };

  job =
    host:
    let
      system = if host ? flake then ofFlake host else ofNixpkgs host;
      report = removeAttrs (import ./report.nix { inherit (system) config lib; }) [ "drvPath" ];
    in
    if report.assertions == [ ] then
      system.config.system.build.toplevel // { meta.fleet = report; }
    else
      throw "fleet-report ${toJSON report}";
in
listToAttrs (
  map (host: {
    inherit (host) name;
    value = job host;
  }) (fromJSON request).hosts
)

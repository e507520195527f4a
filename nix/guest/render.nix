/*
  What the evaluated NixOS configuration of a host renders for the programs that ship its journal.

  In: request, JSON of { release; nixpkgs; flake; modules; channelModules; shippers; label; standalone; }: the host's
  release, a nixpkgs of that release or null for the embedded surface, { reference; attribute; } of a flake's host or
  null, the host's modules as absolute paths, the modules that its channel adds, the services that are looked at,
  whether each of them is to add the label `collector` with its own name, and { hostName; sopsFile; } for modules that
  no host imports, or null.
  Out: { problems; system; }; system is null when there are problems.
*/
{ request }:
let
  inherit (builtins.fromJSON request)
    release
    nixpkgs
    flake
    modules
    channelModules
    shippers
    label
    standalone
    ;

  extra = {
    _file = toString ./render.nix;
    imports = [
      (
        if standalone == null then
          { }
        else
          {
            networking.hostName = standalone.hostName;
            sops.defaultSopsFile = standalone.sopsFile;
          }
      )
      (
        if label && builtins.elem "promtail" shippers then
          { services.promtail.extraFlags = [ "-client.external-labels=collector=promtail" ]; }
        else
          { }
      )
    ];
  };
  ofFlake = (builtins.getFlake flake.reference).nixosConfigurations.${flake.attribute}.extendModules {
    modules = [ extra ];
  };
  real = import (nixpkgs + "/nixos/lib/eval-config.nix") {
    modules = modules ++ [ extra ] ++ import ../gate/modules.nix channelModules;
  };
  embedded = (import ../surface { inherit release; }).evaluate (modules ++ [ extra ]);
  evaluated =
    if flake != null then
      ofFlake // { problems = [ ]; }
    else if nixpkgs != null then
      real // { problems = [ ]; }
    else
      embedded;
  inherit (evaluated) config;

  # A service that the release does not have counts as switched off; one that was removed throws.
  enabled = builtins.filter (
    name: (builtins.tryEval (config.services.${name}.enable or false)).value
  ) shippers;

  # What stands in a file of /etc, without building it: a file of the repository, or a text that is in the derivation.
  textOf =
    name: file:
    let
      inherit (file) source;
    in
    if file.text != null then
      file.text
    else if builtins.isAttrs source then
      source.text or (throw "environment.etc.${name}: its text is known only after a build")
    else
      builtins.readFile source;

  secret = name: value: {
    inherit name;
    inherit (value) path key format mode restartUnits reloadUnits;
    sopsFile = toString value.sopsFile;
    owner = if value.owner == null then "root" else value.owner;
    group = if value.group == null then "root" else value.group;
  };
in
{
  problems = map (problem: { inherit (problem) message; places = problem.places or [ ]; }) evaluated.problems;
  system =
    if evaluated.problems != [ ] then
      null
    else
      {
        inherit (config.networking) hostName;
        units = map (name: {
          name = "${name}.service";
          inherit (config.systemd.units."${name}.service") text;
          inherit (config.systemd.services.${name}) wantedBy;
        }) enabled;
        files = map (name: {
          path = "/etc/${config.environment.etc.${name}.target}";
          text = textOf name config.environment.etc.${name};
        }) (builtins.filter (name: builtins.match "alloy/.*" name != null) (builtins.attrNames config.environment.etc));
        # Promtail's configuration is no file of /etc; its unit names the file in the store.
        promtail = if builtins.elem "promtail" enabled then builtins.toJSON config.services.promtail.configuration else null;
        secrets = builtins.attrValues (builtins.mapAttrs secret (config.sops.secrets or { }));
      };
}

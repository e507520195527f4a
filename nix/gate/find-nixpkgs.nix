/*
  Where names and flake references of nixpkgs lead on this machine, and what is there.

  In: request, JSON of { nonce; sources; }, the sources being a list of
  { kind = "path" | "flake" | "search"; reference; }. What is looked at on the way is told as ./world.nix says; what a
  flake reference leads to cannot be.
  Out: for each, null when nothing is there, else { path; release; missing; }: the release that it says it is, or
  null, and in words what it asks of Nix that this one does not have.
*/
{ request }:
let
  inherit (builtins) fromJSON nixPath trace tryEval;
  inherit (fromJSON request) nonce sources;
  inherit (builtins.import ./world.nix { inherit nonce; })
    findFile
    import
    pathExists
    readFile
    ;
  getFlake = reference: trace "${nonce} ${builtins.toJSON [ "impure" reference ]}" (builtins.getFlake reference);

  locate =
    { kind, reference }:
    if kind == "flake" then
      toString (getFlake reference)
    else if kind == "search" then
      toString (findFile nixPath reference)
    else
      reference;
  describe =
    path:
    let
      file = name: path + "/lib/${name}";
      # Up to 25.05 nixpkgs names the oldest Nix that it is for, later a list of features.
      missing =
        if pathExists (file "minfeatures.nix") then
          map (feature: feature.description) (import (file "minfeatures.nix")).missing
        else if pathExists (file "minver.nix") && builtins.compareVersions builtins.nixVersion (import (file "minver.nix")) < 0 then
          [ "Nix ${import (file "minver.nix")} or newer" ]
        else
          [ ];
    in
    {
      inherit path;
      release =
        if pathExists (path + "/.version") then
          builtins.head (builtins.match "([0-9.]+).*" (readFile (path + "/.version") + "\n"))
        else if pathExists (file ".version") then
          builtins.head (builtins.match "([0-9.]+).*" (readFile (file ".version")))
        else
          null;
      inherit missing;
    };
in
map (
  source:
  let
    found = tryEval (locate source);
  in
  if found.success && pathExists (found.value + "/nixos/lib/eval-config.nix") then describe found.value else null
) sources

/*
  Where names and flake references of nixpkgs lead on this machine, and what is there.

  In: request, JSON list of { kind = "path" | "flake" | "search"; reference; }.
  Out: for each, null when nothing is there, else { path; release; minimumNix; }; the latter two may be null.
*/
{ request }:
let
  inherit (builtins) fromJSON getFlake nixPath pathExists tryEval;

  locate =
    { kind, reference }:
    if kind == "flake" then
      toString (getFlake reference)
    else if kind == "search" then
      toString (builtins.findFile nixPath reference)
    else
      reference;
  describe =
    path:
    let
      file = name: path + "/lib/${name}";
    in
    {
      inherit path;
      release =
        if pathExists (path + "/.version") then
          builtins.head (builtins.match "([0-9.]+).*" (builtins.readFile (path + "/.version") + "\n"))
        else if pathExists (file ".version") then
          builtins.head (builtins.match "([0-9.]+).*" (builtins.readFile (file ".version")))
        else
          null;
      minimumNix = if pathExists (file "minver.nix") then import (file "minver.nix") else null;
    };
in
map (
  source:
  let
    found = tryEval (locate source);
  in
  if found.success && pathExists (found.value + "/nixos/lib/eval-config.nix") then describe found.value else null
) (fromJSON request)

/*
  Evaluates one host through a nixpkgs: what `nixos-rebuild dry-build` evaluates, down to the derivation of the
  system, without building or writing it.

  In: request, JSON of { nixpkgs; configuration; modules; }, paths being absolute.
  Out: { release; assertions; warnings; drvPath; }; drvPath is null when an assertion failed.
*/
{ request }:
let
  inherit (builtins.fromJSON request) nixpkgs configuration modules;
  host = import (nixpkgs + "/nixos/lib/eval-config.nix") {
    modules = [ configuration ] ++ import ./modules.nix modules;
  };
in
import ./report.nix { inherit (host) config lib; }

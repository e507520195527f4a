/*
  Evaluates one host of a flake: its nixosConfigurations.<attribute>.

  In: request, JSON of { flake; attribute; }, the flake as a reference. Out: as ./nixpkgs.nix.
*/
{ request }:
let
  inherit (builtins.fromJSON request) flake attribute;
  host = (builtins.getFlake flake).nixosConfigurations.${attribute};
in
import ./report.nix {
  inherit (host) config;
  lib = host.lib or host.pkgs.lib;
}

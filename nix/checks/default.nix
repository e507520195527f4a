/*
  The scenarios as NixOS tests, for the example fleet as it is after its migration: `nix-build nix/checks -A reboot`, or
  `nix flake check`. ./generated is written by `UPDATE_GOLDENS=1` and the test of the same name; what is in it, fleet
  itself is not needed for.

  In: nixpkgs by release, and sops-nix's module.
  Out: derivations by the scenarios' names.
*/
{
  nixpkgs ? {
    "25.11" = <nixos-25.11>;
    "26.05" = <nixos-26.05>;
  },
  sops-nix ? <sops-nix/modules/sops>,
}:
import ../nixos-test {
  directory = ./generated;
  channels = builtins.mapAttrs (_: path: {
    nixpkgs = path;
    modules = [ sops-nix ];
  }) nixpkgs;
}
